#include "tests/support/testnet/software.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tagscout::testnet {
namespace {

constexpr std::string_view no_user = "This method requires an authenticated user";

constexpr Software akkoma{.row = "akkoma",
                          .name = "akkoma",
                          .version = "3.15.2",
                          .says = "2.7.2 (compatible; Akkoma 3.15.2)",
                          .ids = IdStyle::flake,
                          .post_uri = "/objects/{uuid}",
                          .post_page = "/notice/{id}",
                          .page_travels = false,
                          .v2_instance = false,
                          .batch = "ids[]",
                          .statuses_max = 100,
                          .accounts_max = 0,
                          .passes_over_bad_ids = true,
                          .tells_noindex = false,
                          .tells_discoverable = false,
                          .hiding = Hiding::zero_in_pleroma,
                          .headers = BudgetHeaders::none};

// What Akkoma comes from, and still resembles.
constexpr Software pleroma() {
  Software row = akkoma;
  row.row = "pleroma";
  row.name = "pleroma";
  row.version = "2.9.1";
  row.says = "2.7.2 (compatible; Pleroma 2.9.1)";
  return row;
}

constexpr std::array<Software, 9> rows = {{
    {.row = "mastodon",
     .name = "mastodon",
     .version = "4.5.0",
     .says = "4.5.0",
     .feed_access = true,
     .quotes = true,
     .batch = "id[]",
     .hiding = Hiding::zero},
    {.row = "glitch",
     .name = "mastodon",
     .version = "4.5.0+glitch",
     .says = "4.5.0+glitch",
     .feed_access = true,
     .quotes = true,
     .batch = "id[]"},
    {.row = "mastodon-4.2",
     .name = "mastodon",
     .version = "4.2.10",
     .says = "4.2.10",
     .hears_of_gone = false},
    {.row = "mastodon-3.5",
     .name = "mastodon",
     .version = "3.5.19",
     .says = "3.5.19",
     .v2_instance = false,
     .actor_uris = false,
     .hears_of_gone = false,
     .tells_noindex = false},
    {.row = "gotosocial",
     .name = "gotosocial",
     .version = "0.19.2",
     .says = "0.19.2+git",
     .ids = IdStyle::ulid,
     .post_page = "/@{name}/statuses/{id}",
     .packed = 1,
     .batch_refusal = 405,
     .token_refusal = 401,
     .refusal = "Unauthorized: token not supplied",
     .unknown_tag = 404,
     .keeps_old_tags = true,
     .passes_over_bad_ids = true,
     .needs_user_agent = true,
     .streams_are_silent = true,
     .tells_noindex = false,
     .hiding = Hiding::shown,
     .headers = BudgetHeaders::gotosocial,
     .robots_closed = "/api/"},
    akkoma,
    pleroma(),
    {.row = "pixelfed",
     .name = "pixelfed",
     .version = "0.12.4",
     .says = "3.5.3 (compatible; Pixelfed 0.12.4)",
     .ids = IdStyle::other_era,
     .post_uri = "/p/{name}/{id}",
     .post_page = "/p/{name}/{id}",
     .packed = 1,
     .token_refusal = 403,
     .refusal = no_user,
     .media_by_default = true,
     .tells_noindex = false,
     .tells_discoverable = false,
     .hiding = Hiding::shown,
     .headers = BudgetHeaders::laravel},
    {.row = "friendica",
     .name = "friendica",
     .version = "2024.08",
     .says = "2.8.0 (compatible; Friendica 2024.08)",
     .ids = IdStyle::other_era,
     .post_uri = "/objects/{uuid}",
     .post_page = "/display/{uuid}",
     .packed = 1,
     .tells_noindex = false,
     .tells_discoverable = false,
     .hiding = Hiding::shown,
     .headers = BudgetHeaders::none},
}};

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view base62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view ulid_middle = "Z4T7QM0X1K3C";
constexpr std::string_view flake_middle = "Qe5mR";
constexpr uint64_t low_bits = 0xffff;
// Ids of this style count from 2019, and in finer steps than snowflakes.
constexpr uint64_t era_ms = 1'549'756'800'000;
constexpr int era_shift = 6;

std::string digits_of(uint64_t value, std::string_view alphabet, size_t places) {
  std::string text(places, alphabet.front());
  for (size_t i = places; i-- > 0; value /= alphabet.size())
    text[i] = alphabet[value % alphabet.size()];
  return text;
}

std::optional<uint64_t> value_of(std::string_view text, std::string_view alphabet) {
  uint64_t value = 0;
  for (const char c : text) {
    const size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return {};
    value = value * alphabet.size() + digit;
  }
  return value;
}

std::optional<uint64_t> decimal(std::string_view text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return {};
  return value;
}

// An id of letters: milliseconds, what never changes, and the last 16 bits.
struct Lettered {
  std::string_view alphabet;
  std::string_view middle;
  size_t head;
  size_t tail;
};
constexpr Lettered ulid{crockford, ulid_middle, 10, 4};
constexpr Lettered flake{base62, flake_middle, 10, 3};

std::string write_lettered(const Lettered& how, uint64_t id) {
  return digits_of(id >> 16, how.alphabet, how.head) + std::string(how.middle) +
         digits_of(id & low_bits, how.alphabet, how.tail);
}

std::optional<uint64_t> read_lettered(const Lettered& how, std::string_view text) {
  if (decimal(text)) return UINT64_MAX - 1;
  if (text.size() != how.head + how.middle.size() + how.tail) return {};
  const auto ms = value_of(text.substr(0, how.head), how.alphabet);
  const auto low = value_of(text.substr(text.size() - how.tail), how.alphabet);
  if (!ms || !low) return {};
  return *ms << 16 | std::min(*low, low_bits);
}

}  // namespace

bool uri_tells_id(const Software& software) {
  return software.post_uri.find("{id}") != std::string_view::npos;
}

bool page_tells_id(const Software& software) {
  return software.post_page.find("{id}") != std::string_view::npos;
}

const Software* find_software(std::string_view row) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Software& one) { return one.row == row; });
  return found == rows.end() ? nullptr : &*found;
}

std::string software_rows() {
  std::string names;
  for (const Software& one : rows) names.append(names.empty() ? "" : " ").append(one.row);
  return names;
}

std::string write_id(IdStyle style, uint64_t id) {
  switch (style) {
    case IdStyle::snowflake:
      return std::to_string(id);
    case IdStyle::ulid:
      return write_lettered(ulid, id);
    case IdStyle::flake:
      return write_lettered(flake, id);
    case IdStyle::other_era:
      return std::to_string((id - (era_ms << 16)) << era_shift);
  }
  return {};
}

std::optional<uint64_t> read_id(IdStyle style, std::string_view text) {
  switch (style) {
    case IdStyle::snowflake:
      return decimal(text);
    case IdStyle::ulid:
      return read_lettered(ulid, text);
    case IdStyle::flake:
      return read_lettered(flake, text);
    case IdStyle::other_era: {
      const auto number = decimal(text);
      if (!number) return {};
      return (*number >> era_shift) + (era_ms << 16);
    }
  }
  return {};
}

}  // namespace tagscout::testnet
