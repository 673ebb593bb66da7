#include "daemon/admin/message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/json_writer.h"
#include "daemon/query.h"

namespace tagscout {
namespace {

struct StatusTitle {
  int status;
  std::string_view title;
};

constexpr std::array<StatusTitle, 12> titles = {{
    {400, "Bad request"},
    {403, "Forbidden"},
    {404, "Not found"},
    {405, "Method not allowed"},
    {408, "Request timeout"},
    {409, "Conflict"},
    {413, "Content too large"},
    {414, "Target too long"},
    {431, "Header too large"},
    {500, "Internal error"},
    {503, "Unavailable"},
    {505, "HTTP version not supported"},
}};

std::string_view title_of(int status) {
  const auto* found = std::find_if(titles.begin(), titles.end(),
                                   [&](const StatusTitle& row) { return row.status == status; });
  return found == titles.end() ? "Error" : found->title;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    char next = text[i];
    if (next == '%') {
      const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) throw BadQuery("target: % without two hex digits");
      next = static_cast<char>(high << 4 | low);
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(next);
    if (byte < 0x20 || byte == 0x7f) throw BadQuery("target: control character");
    out += next;
  }
  return out;
}

// Calls `take` with each part of the text between separators.
template <class Take>
void split(std::string_view text, char separator, const Take& take) {
  for (;;) {
    const size_t end = text.find(separator);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Target parse_target(std::string_view text) {
  const bool is_visible = std::all_of(text.begin(), text.end(),
                                      [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (!text.starts_with('/') || !is_visible) throw BadQuery("target: not a path");
  Target target;
  const size_t mark = text.find('?');
  split(text.substr(1, mark == std::string_view::npos ? mark : mark - 1), '/',
        [&](std::string_view segment) { target.path.push_back(percent_decoded(segment)); });
  if (mark == std::string_view::npos) return target;
  split(text.substr(mark + 1), '&', [&](std::string_view pair) {
    if (pair.empty()) return;
    const size_t equals = pair.find('=');
    const bool has_value = equals != std::string_view::npos;
    std::string name = percent_decoded(pair.substr(0, equals));
    std::string value = has_value ? percent_decoded(pair.substr(equals + 1)) : std::string();
    const auto [place, is_new] = target.query.emplace(std::move(name), std::move(value));
    if (!is_new) throw BadQuery(place->first + ": given twice");
  });
  return target;
}

AdminReply json_reply(std::string body) { return {200, "application/json", std::move(body)}; }

AdminReply problem(int status, std::string_view detail) {
  JsonWriter json;
  json.begin_object();
  json.key("type").text("about:blank");
  json.key("title").text(title_of(status));
  json.key("status").integer(status);
  json.key("detail").text(detail);
  json.end_object();
  return {status, "application/problem+json", json.take()};
}

}  // namespace tagscout
