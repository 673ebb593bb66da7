#include "crawlers/tag.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace tagscout {
namespace {

using icu::UnicodeString;

// What U+00C0 to U+017F become, 64 to a row; '.' stays.
constexpr std::string_view folds =
    "AAAAAA.CEEEEIIIIdNOOOOO.oUUUUY..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"
    "AaAaAaCcCcCcCcDdddEeEeEeEeEeGgGgGgGgHhhhIiIiIiIiIi..JjKkkLlLlLll"
    "lllNnNnNnnnnOoOoOo..RrRrRrSsSsSsSsTtTtttUuUuUuUuUuUuWwYyYZzZzZzs";
constexpr UChar32 folds_first = 0xC0;
static_assert(folds.size() == 0x180 - 0xC0);

constexpr UChar32 full_width_hash = 0xFF03;
constexpr UChar32 dot_above = 0x307;

// After this many rounds a key is taken as it is; two are enough for any text seen in practice.
constexpr int rounds_max = 4;

bool is_invisible(UChar32 point) {
  return point == 0xAD || point == 0x200B || point == 0x200D || point == 0x2060 ||
         point == 0xFE0E || point == 0xFE0F;
}

bool is_separator(UChar32 point) {
  return point == '_' || point == '-' || point == ' ' || point == 0xB7 || point == 0x30FB ||
         point == 0x200C;
}

bool is_leading(UChar32 point) {
  return point == '#' || point == full_width_hash || u_isUWhiteSpace(point);
}

UnicodeString trimmed(const UnicodeString& text) {
  int32_t first = 0;
  int32_t last = text.length();
  while (first < last && is_leading(text.char32At(first))) first = text.moveIndex32(first, 1);
  while (first < last && u_isUWhiteSpace(text.char32At(last - 1))) --last;
  return {text, first, last - first};
}

// Normal form, lower case, and no invisible characters: one round of it.
UnicodeString normalised(const UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status)) return text;
  UnicodeString lower = nfkc->normalize(trimmed(text), status);
  if (U_FAILURE(status)) return text;
  lower.toLower(icu::Locale::getRoot());
  UnicodeString kept;
  UChar32 before = 0;
  for (int32_t at = 0; at < lower.length(); at = lower.moveIndex32(at, 1)) {
    const UChar32 point = lower.char32At(at);
    if (is_invisible(point) || (point == dot_above && before == 'i')) continue;
    kept.append(point);
    before = point;
  }
  return kept;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

bool is_ascii_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// White_Space of Unicode holds no other ASCII characters, and NFKC leaves ASCII as it is.
void ascii_key(std::string_view text, std::string& key) {
  const auto leading = [](char c) { return c == '#' || is_ascii_blank(c); };
  while (!text.empty() && leading(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ascii_blank(text.back())) text.remove_suffix(1);
  key.assign(text);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

UnicodeString from_utf8(std::string_view text) {
  return UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

UChar32 fold(UChar32 point) {
  const UChar32 index = point - folds_first;
  if (index < 0 || index >= static_cast<UChar32>(folds.size())) return point;
  const char base = folds[static_cast<size_t>(index)];
  return base == '.' ? point : base;
}

UnicodeString folded(const UnicodeString& text) {
  UnicodeString out;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    out.append(fold(text.char32At(at)));
  }
  return out;
}

std::string loose_key(std::string_view exact) {
  const UnicodeString text = folded(from_utf8(exact));
  UnicodeString kept;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    if (!is_separator(point)) kept.append(point);
  }
  int32_t end = kept.length();
  while (end > 0) {
    const int32_t last = kept.moveIndex32(end, -1);
    if (!u_ispunct(kept.char32At(last))) break;
    end = last;
  }
  std::string out;
  UnicodeString(kept, 0, end).toUTF8String(out);
  return out;
}

}  // namespace

void tag_key_exact(std::string_view spelling, std::string& key) {
  key.clear();
  if (spelling.size() > tag_bytes_max) return;
  if (is_ascii(spelling)) return ascii_key(spelling, key);
  UnicodeString text = from_utf8(spelling);
  for (int round = 0; round < rounds_max; ++round) {
    const UnicodeString next = normalised(text);
    if (next == text) break;
    text = next;
  }
  text.toUTF8String(key);
}

std::string tag_key_exact(std::string_view spelling) {
  std::string key;
  tag_key_exact(spelling, key);
  return key;
}

TagKeys tag_keys(std::string_view spelling) {
  std::string exact = tag_key_exact(spelling);
  std::string loose = loose_key(exact);
  return {.exact = std::move(exact), .loose = std::move(loose)};
}

void add_post_tag(std::string_view spelling, std::vector<std::string>& keys) {
  if (keys.size() >= post_tags_max) return;
  std::string key = tag_key_exact(spelling);
  if (key.empty() || std::find(keys.begin(), keys.end(), key) != keys.end()) return;
  keys.push_back(std::move(key));
}

std::string fold_to_ascii(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::string out;
  folded(from_utf8(text)).toUTF8String(out);
  return out;
}

bool is_plain_tag(std::string_view key_exact) {
  const icu::UnicodeString text = from_utf8(key_exact);
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    const bool plain = (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
    if (!plain && c != '_' && c != 0x00B7 && c != 0x200C) return false;
  }
  return !text.isEmpty();
}

WatchedTags::WatchedTags(const std::vector<std::string>& spellings) {
  for (const std::string& spelling : spellings) {
    if (std::string key = tag_key_exact(spelling); !key.empty()) keys_.push_back(std::move(key));
  }
  std::sort(keys_.begin(), keys_.end());
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  for (size_t index = 0; index < keys_.size(); ++index) {
    forms_[keys_[index]].push_back({.index = index, .folded = false});
    if (std::string form = fold_to_ascii(keys_[index]); form != keys_[index]) {
      forms_[std::move(form)].push_back({.index = index, .folded = true});
    }
  }
  for (auto& [form, matches] : forms_) {
    std::sort(matches.begin(), matches.end(),
              [](const TagMatch& a, const TagMatch& b) { return a.index < b.index; });
  }
}

std::vector<TagMatch> WatchedTags::match(std::string_view key_exact, bool folding) const {
  std::vector<TagMatch> found;
  const auto form = forms_.find(key_exact);
  if (form == forms_.end()) return found;
  std::copy_if(form->second.begin(), form->second.end(), std::back_inserter(found),
               [folding](const TagMatch& match) { return folding || !match.folded; });
  return found;
}

bool WatchedTags::contains(std::string_view key_exact, bool folding) const {
  const auto form = forms_.find(key_exact);
  return form != forms_.end() &&
         std::any_of(form->second.begin(), form->second.end(),
                     [folding](const TagMatch& match) { return folding || !match.folded; });
}

}  // namespace tagscout
