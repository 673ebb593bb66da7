#include "crawlers/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace tagscout {
namespace {

// What stands in the place of a tag that ends a line.
enum class LineBreaks { vanish, stay };

struct Entity {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<Entity, 9> entities{{{"amp", "&"},
                                          {"lt", "<"},
                                          {"gt", ">"},
                                          {"quot", "\""},
                                          {"apos", "'"},
                                          {"nbsp", "\xC2\xA0"},
                                          {"num", "#"},
                                          {"lowbar", "_"},
                                          {"hellip", "\xE2\x80\xA6"}}};

// Longer than any entity that is decoded, its `&` and `;` included.
constexpr size_t entity_bytes_max = 12;

constexpr std::array<std::string_view, 12> line_tags{"p",  "br", "div", "li",         "ul",  "ol",
                                                     "hr", "h1", "h2",  "blockquote", "pre", "tr"};

constexpr std::array<std::string_view, 5> markers{"#nobots", "#nobot", "#noindex", "#noarchive",
                                                  "#nosearch"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

void append_utf8(std::string& out, UChar32 point) {
  std::array<char, 4> bytes{};
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes.data(), length, point);
  out.append(bytes.data(), static_cast<size_t>(length));
}

// "35" or "x23", as it stands between "&#" and ";".
std::optional<UChar32> numeric_entity(std::string_view digits) {
  const bool hex = !digits.empty() && lower(digits.front()) == 'x';
  if (hex) digits.remove_prefix(1);
  int32_t point = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, point, hex ? 16 : 10);
  const bool whole = error == std::errc() && end == last;
  if (!whole || point <= 0 || point > UCHAR_MAX_VALUE || U_IS_SURROGATE(point)) return std::nullopt;
  return point;
}

// Decodes the entity that starts with the & at `at`; returns the place behind it.
size_t decode_entity(std::string_view html, size_t at, std::string& out) {
  const size_t end = html.substr(0, std::min(html.size(), at + entity_bytes_max)).find(';', at);
  if (end != std::string_view::npos) {
    const std::string_view name = html.substr(at + 1, end - at - 1);
    if (name.starts_with('#')) {
      if (const std::optional<UChar32> point = numeric_entity(name.substr(1))) {
        append_utf8(out, *point);
        return end + 1;
      }
    }
    const auto* const known = std::find_if(entities.begin(), entities.end(),
                                           [name](const Entity& e) { return e.name == name; });
    if (known != entities.end()) {
      out.append(known->text);
      return end + 1;
    }
  }
  out.push_back('&');
  return at + 1;
}

bool ends_line(std::string_view tag) {
  if (tag.starts_with('/')) tag.remove_prefix(1);
  std::string name;
  for (const char c : tag) {
    if (!is_letter(c) && (c < '0' || c > '9')) break;
    name.push_back(lower(c));
  }
  return std::find(line_tags.begin(), line_tags.end(), name) != line_tags.end();
}

// The place behind the tag or comment that starts with the < at `at`; `at` if none does.
size_t skip_tag(std::string_view html, size_t at) {
  if (html.substr(at).starts_with("<!--")) {
    const size_t end = html.find("-->", at + 4);
    return end == std::string_view::npos ? html.size() : end + 3;
  }
  if (at + 1 >= html.size()) return at;
  const char next = html[at + 1];
  if (!is_letter(next) && next != '/' && next != '!' && next != '?') return at;
  const size_t end = html.find('>', at);
  return end == std::string_view::npos ? at : end + 1;
}

std::string strip(std::string_view html, LineBreaks breaks) {
  std::string out;
  out.reserve(html.size());
  for (size_t at = 0; at < html.size();) {
    if (html[at] == '<') {
      const size_t behind = skip_tag(html, at);
      if (behind == at) {
        out.push_back(html[at++]);
        continue;
      }
      if (breaks == LineBreaks::stay && ends_line(html.substr(at + 1, behind - at - 1))) {
        out.push_back('\n');
      }
      at = behind;
    } else if (html[at] == '&') {
      at = decode_entity(html, at, out);
    } else {
      out.push_back(html[at++]);
    }
  }
  return out;
}

// True if a word goes on at `at`.
bool word_goes_on(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  UChar32 point = 0;
  const auto* const bytes = reinterpret_cast<const uint8_t*>(text.data());
  auto next = static_cast<int32_t>(at);
  U8_NEXT(bytes, next, static_cast<int32_t>(text.size()), point);
  if (point < 0) return false;
  return point == '_' || u_isalnum(point) || (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0;
}

bool starts_with_marker(std::string_view text, size_t at) {
  return std::any_of(markers.begin(), markers.end(), [&](std::string_view marker) {
    const std::string_view word = text.substr(at, marker.size());
    return std::equal(word.begin(), word.end(), marker.begin(), marker.end(),
                      [](char a, char b) { return lower(a) == b; }) &&
           !word_goes_on(text, at + marker.size());
  });
}

}  // namespace

std::string html_to_text(std::string_view html) { return strip(html, LineBreaks::vanish); }

bool has_bio_marker(std::string_view text) {
  for (size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (starts_with_marker(text, at)) return true;
  }
  return false;
}

bool has_bio_marker_html(std::string_view html) {
  // Most bios have no hash in them, written or encoded.
  if (html.find_first_of("#&") == std::string_view::npos) return false;
  return has_bio_marker(html_to_text(html)) || has_bio_marker(strip(html, LineBreaks::stay));
}

std::string_view clipped(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace tagscout
