#include "config/reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "config/units.h"

namespace tagscout {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.front() == text.back();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// A text, whether quoted in a file or bare in a --set.
std::optional<std::string_view> text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.content)) return *text;
  if (const auto* bare = std::get_if<BareText>(&value.content))
    return unquoted(trimmed(bare->text));
  return {};
}

// The number that the whole of a bare text says; underscores between digits are TOML's.
template <class Number>
std::optional<Number> bare_number(const Value& value) {
  const auto* bare = std::get_if<BareText>(&value.content);
  if (bare == nullptr) return {};
  std::string text(trimmed(bare->text));
  std::erase(text, '_');
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

std::vector<std::string_view> words_of(std::string_view allowed) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t bar = allowed.find('|');
    words.push_back(allowed.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    allowed.remove_prefix(bar + 1);
  }
}

Complaint check_text(std::string_view text, std::string_view allowed) {
  const bool control = std::any_of(text.begin(), text.end(),
                                   [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; });
  if (control) return "must not hold control characters";
  if (allowed == any_text) return text.empty() ? Complaint("must not be empty") : Complaint();
  if (allowed == any_name) {
    if (is_name(text)) return {};
    return "must be a name: a-z and 0-9, then also . _ -, at most 64 characters";
  }
  if (allowed.empty()) return {};
  const std::vector<std::string_view> words = words_of(allowed);
  if (std::find(words.begin(), words.end(), text) != words.end()) return {};
  std::string what = "must be one of";
  for (const std::string_view word : words)
    what.append(what.back() == 'f' ? " " : ", ").append(word);
  return what + suggestion(text, words);
}

// `parse` reads a bound, as the option itself is read. "A..B" and "A..<B"; both may be absent.
template <class Number>
Complaint check_range(Number number, std::string_view allowed,
                      const std::function<std::optional<Number>(std::string_view)>& parse) {
  const size_t dots = allowed.find("..");
  if (dots == std::string_view::npos) return {};
  const std::string_view low = allowed.substr(0, dots);
  std::string_view high = allowed.substr(dots + 2);
  const bool open = high.starts_with('<');
  if (open) high.remove_prefix(1);
  if (!low.empty() && number < *parse(low)) return "must be at least " + std::string(low);
  if (high.empty()) return {};
  const Number bound = *parse(high);
  if (open && number >= bound) return "must be below " + std::string(high);
  if (number > bound) return "must be at most " + std::string(high);
  return {};
}

template <class Number>
std::optional<Number> parse_bound(std::string_view text) {
  return bare_number<Number>(Value{.place = {}, .content = BareText{std::string(text)}});
}

// The items of "[a, b]" as bare texts; nothing if the text has no brackets.
std::optional<Value::List> bare_items(const BareText& bare, Place place) {
  std::string_view text = trimmed(bare.text);
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {};
  text = trimmed(text.substr(1, text.size() - 2));
  Value::List items;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    items.push_back({place, BareText{std::string(trimmed(text.substr(0, comma)))}});
    text = comma == std::string_view::npos ? "" : trimmed(text.substr(comma + 1));
  }
  return items;
}

template <class Item>
Complaint read_list(const Value& value, std::string_view allowed, std::vector<Item>& out) {
  std::optional<Value::List> items;
  if (value.list() != nullptr) items = *value.list();
  if (const auto* bare = std::get_if<BareText>(&value.content))
    items = bare_items(*bare, value.place);
  if (!items) return "must be a list: [...]";
  std::vector<Item> list;
  for (size_t i = 0; i < items->size(); ++i) {
    Item item{};
    if (Complaint wrong = read_value((*items)[i], allowed, item))
      return "item " + std::to_string(i + 1) + " " + *wrong;
    list.push_back(std::move(item));
  }
  out = std::move(list);
  return {};
}

}  // namespace

Complaint read_value(const Value& value, std::string_view allowed, std::string& out) {
  const std::optional<std::string_view> text = text_of(value);
  if (!text) return "must be a text in quotes";
  if (Complaint wrong = check_text(*text, allowed)) return wrong;
  out = *text;
  return {};
}

Complaint read_value(const Value& value, std::string_view, bool& out) {
  if (const auto* flag = std::get_if<bool>(&value.content)) {
    out = *flag;
    return {};
  }
  const auto* bare = std::get_if<BareText>(&value.content);
  const std::string_view text = bare != nullptr ? trimmed(bare->text) : "";
  if (text != "true" && text != "false") return "must be true or false";
  out = text == "true";
  return {};
}

Complaint read_value(const Value& value, std::string_view allowed, int64_t& out) {
  std::optional<int64_t> number = bare_number<int64_t>(value);
  if (const auto* written = std::get_if<int64_t>(&value.content)) number = *written;
  if (!number) return "must be a whole number";
  if (Complaint wrong = check_range<int64_t>(*number, allowed, parse_bound<int64_t>)) return wrong;
  out = *number;
  return {};
}

Complaint read_value(const Value& value, std::string_view allowed, double& out) {
  std::optional<double> number = bare_number<double>(value);
  if (const auto* written = std::get_if<double>(&value.content)) number = *written;
  if (const auto* written = std::get_if<int64_t>(&value.content))
    number = static_cast<double>(*written);
  if (!number || !std::isfinite(*number)) return "must be a number";
  if (Complaint wrong = check_range<double>(*number, allowed, parse_bound<double>)) return wrong;
  out = *number;
  return {};
}

Complaint read_value(const Value& value, std::string_view allowed, Duration& out) {
  std::optional<Duration> duration;
  if (const std::optional<std::string_view> text = text_of(value)) duration = parse_duration(*text);
  const auto* number = std::get_if<int64_t>(&value.content);
  if (number != nullptr && *number == 0) duration = Duration{};
  if (!duration) return "must be a duration such as \"90s\", \"1h30m\" or \"7d\"";
  if (Complaint wrong = check_range<Duration>(*duration, allowed, parse_duration)) return wrong;
  out = *duration;
  return {};
}

Complaint read_value(const Value& value, std::string_view allowed, std::optional<int64_t>& out) {
  int64_t number = 0;
  if (Complaint wrong = read_value(value, allowed, number)) return wrong;
  out = number;
  return {};
}

Complaint read_value(const Value& value, std::string_view allowed, std::vector<std::string>& out) {
  return read_list(value, allowed, out);
}

Complaint read_value(const Value& value, std::string_view allowed, std::vector<Duration>& out) {
  return read_list(value, allowed, out);
}

Complaint read_value(const Value& value, std::string_view allowed, std::vector<Network>& out) {
  return read_list(value, allowed, out);
}

Complaint read_value(const Value& value, std::string_view, Network& out) {
  std::vector<std::string_view> names;
  for (const Network network :
       {Network::activitypub, Network::bluesky, Network::youtube, Network::nostr, Network::x}) {
    names.push_back(network_name(network));
  }
  const std::optional<std::string_view> text = text_of(value);
  if (!text) return "must be the name of a network";
  const std::optional<Network> network = network_of_name(*text);
  if (!network) return "is not a network" + suggestion(*text, names);
  out = *network;
  return {};
}

Complaint read_size(const Value& value, std::string_view allowed, int64_t& out) {
  std::optional<int64_t> bytes;
  if (const std::optional<std::string_view> text = text_of(value)) bytes = parse_size(*text);
  if (const auto* number = std::get_if<int64_t>(&value.content)) bytes = *number;
  if (!bytes) return "must be a size such as \"96MiB\"";
  if (Complaint wrong = check_range<int64_t>(*bytes, allowed, parse_size)) return wrong;
  out = *bytes;
  return {};
}

bool is_name(std::string_view text) {
  constexpr size_t bytes_max = 64;
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > bytes_max || !plain(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [&plain](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

void report_unknown(const Entry& entry, std::string_view section,
                    const std::vector<std::string_view>& known, Problems& problems) {
  const std::string prefix = std::string(section) + ".";
  const std::string key = prefix + entry.key;
  if (section == "source" && entry.key == "token") {
    problems.add(entry.place, key,
                 "unknown key: a token is never written here; name a file in source.token_file");
    return;
  }
  std::string hint = suggestion(entry.key, known, prefix);
  if (hint.empty()) {
    for (const OptionInfo& option : all_options()) {
      if (option.key != entry.key) continue;
      hint = std::string("; did you mean ").append(option.section).append(".") + entry.key + "?";
      break;
    }
  }
  problems.add(entry.place, key, "unknown key" + hint);
}

}  // namespace tagscout
