// How the servers that speak the Mastodon API differ: one row for each software. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/error.h"
#include "crawlers/server_software.h"
#include "storage/model/time.h"

namespace tagscout {

// What can be asked of a server, and what its answers mean. The defaults are the most careful ones:
// they hold for software that is not in the table.
struct MastodonDialect {
  std::string_view software = {};  // as nodeinfo names it; empty: none of those in the table
  int since = 0;                   // the row holds from this version on: major * 100 + minor
  bool speaks = true;  // false: another API altogether, whatever some of its paths answer

  // Reading several at once: repeated in the query, one for each id.
  std::string_view batch_parameter = {};  // "id[]"; empty: there is no such reading
  size_t statuses_max = 1;
  size_t accounts_max = 1;

  // Where a post's uri, or the address of its page, tells its id there: as the last of
  // `status_depth` segments behind this. Empty: neither does.
  std::string_view status_folder = {};
  size_t status_depth = 1;
  bool told_by_page = false;
  bool knows_lookup = false;    // so that its "not found" to a handle means what it says
  bool classic_actors = false;  // accounts come without uri, which is HOST/users/USERNAME
  bool zero_may_hide = true;    // 0 followers of an account that hides its lists is no count
  bool needs_token = false;     // answers nothing of use without a user's token

  // Tag timelines.
  size_t tags_max = 1;  // tags in one request: the one in the path and any[] together
  std::string_view timeline_parameters = {};  // always to be sent: "&name=value"
};

// The row of that software and version: the newest that is not newer than it.
const MastodonDialect& dialect_of(const ServerSoftware& software);

// The id of a post at its home, as its uri, or its page's address, tells it; nothing if neither
// does. The address is to be the home's own word.
std::optional<std::string> status_id_of(std::string_view uri, std::string_view page,
                                        const MastodonDialect& dialect);

// "4.3.1+glitch" is 403; 0 for what does not start with a number.
int version_number(std::string_view version);

// The software behind an instance's `version`: "2.7.2 (compatible; Pleroma 2.6.0)" is
// pleroma 2.6.0, a plain version is Mastodon's own.
ServerSoftware software_of_version(std::string_view version);

// GET /api/v2/instance or /api/v1/instance: nothing named where it has no version. Fails with
// protocol if it is no instance.
Result<ServerSoftware> parse_instance_software(std::string_view body);

}  // namespace tagscout
