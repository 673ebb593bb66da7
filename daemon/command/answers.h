// Answers of the daemon as values, or as the way the command ends.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "daemon/command/client.h"
#include "daemon/command/exit_code.h"
#include "daemon/json_reader.h"

namespace tagscout {

// The exit code that stands for a status of HTTP other than 200.
Exit exit_of_status(int status);

// Throws CommandError with the problem's detail unless the status is 200.
void require_success(const Answer& answer);

// The body of a good answer. Throws CommandError for any other.
JsonNode json_of(const Answer& answer);

// "/v1/a/b?x=y", with everything encoded that must be. Options without a value are left out.
std::string make_target(const std::string& path, const std::map<std::string, std::string>& query);

// One segment of a path.
std::string path_segment(const std::string& text);

// A list, over all of its pages.
struct ListRequest {
  std::string route;
  std::map<std::string, std::string> query;
  std::optional<uint64_t> limit;  // none = all
};

// Called with the list of each page.
using PageVisitor = std::function<void(const JsonNode& items)>;

// Asks for page after page. Returns the cursor to go on with; empty if there is no more.
std::string for_each_page(const Client& client, const ListRequest& request,
                          const PageVisitor& visit);

}  // namespace tagscout
