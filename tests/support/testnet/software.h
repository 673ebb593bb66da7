// The server software of the fediverse, one row each: in what its API differs from the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout::testnet {

// How a server writes the ids of posts and accounts.
enum class IdStyle : uint8_t {
  snowflake,  // decimal: milliseconds and 16 bits
  ulid,       // 26 letters, in order of their bytes
  flake,      // 18 letters of both cases, in order of their bytes
  other_era,  // decimal, and older than the server if taken for a snowflake
};

// How a server answers for people who hide how many follow them.
enum class Hiding : uint8_t { shown, minus_one, zero, zero_in_pleroma };

// How a server announces its budget.
enum class BudgetHeaders : uint8_t { mastodon, gotosocial, laravel, none };

struct Software {
  std::string_view row;      // names this row
  std::string_view name;     // as nodeinfo says
  std::string_view version;  // likewise
  std::string_view says;     // version of the Mastodon API, as instances describe it
  IdStyle ids = IdStyle::snowflake;
  // Addresses of posts, below that of the server: {name} is the author's, {id}
  // the post's, and {uuid} one that only the address knows.
  std::string_view post_uri = "/users/{name}/statuses/{id}";
  std::string_view post_page = "/@{name}/{id}";
  bool page_travels = true;     // other servers are told of the post's page, too
  bool v2_instance = true;      // describes itself at /api/v2/instance
  bool feed_access = false;     // and says there whom it shows feeds to
  bool actor_uris = true;       // accounts carry `uri`
  bool quotes = false;          // posts carry `quotes_count`
  size_t packed = 4;            // tags in one request, the path's included
  std::string_view batch = {};  // name of the parameter; empty: no batches
  size_t statuses_max = 20;     // in a batch
  size_t accounts_max = 40;
  int batch_refusal = 404;           // where there are no batches
  int token_refusal = 0;             // without a token; 0: none is needed
  std::string_view refusal = {};     // and why
  int unknown_tag = 200;             // for a tag that nobody has used there
  bool keeps_old_tags = false;       // an edited post stays in the feeds of its first tags
  bool passes_over_bad_ids = false;  // answers page 1; else as if nothing was that old
  bool media_by_default = false;     // only_media unless told otherwise
  bool needs_user_agent = false;     // 418 without
  bool streams_are_silent = false;   // tag streams open and never show a post
  bool hears_of_gone = true;         // takes over that an account elsewhere is gone
  bool tells_noindex = true;         // at home
  bool tells_discoverable = true;
  Hiding hiding = Hiding::minus_one;
  BudgetHeaders headers = BudgetHeaders::mastodon;
  std::string_view robots_closed = {};  // what its real robots.txt disallows, where that is obeyed
};

// True if a post's uri, or else its page, tells the id by which its server can be asked for it.
bool uri_tells_id(const Software& software);
bool page_tells_id(const Software& software);

// The row of that name; null if there is none.
const Software* find_software(std::string_view row);

// Names of all rows, parted by blanks.
std::string software_rows();

// Ids count milliseconds above their lowest 16 bits, whatever style they are written in.
std::string write_id(IdStyle style, uint64_t id);

// What write_id() was given; nothing if the server would not take it for one of its ids. A decimal
// number where ids are letters is above all of them, as bytes are compared.
std::optional<uint64_t> read_id(IdStyle style, std::string_view text);

}  // namespace tagscout::testnet
