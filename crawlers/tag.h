// The keys by which hashtags are compared, and the set of tags that somebody watches.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tagscout {

// A tag as written that is longer than this is no tag.
constexpr size_t tag_bytes_max = 1024;

// More tags than this nobody reads: what comes after them on one post is ignored.
constexpr size_t post_tags_max = 1000;

struct TagKeys {
  std::string exact;  // NFKC, lower case, without leading # and invisible characters
  std::string
      loose;  // of that, Latin letters without marks, no separators, no trailing punctuation
};

// Both keys of a tag as somebody wrote it.
TagKeys tag_keys(std::string_view spelling);

// The exact key alone. The key of a key is the key itself. Empty if nothing is left, or if the
// spelling is longer than tag_bytes_max.
std::string tag_key_exact(std::string_view spelling);

// Likewise, into a string that is kept by the caller: plain ASCII takes no memory of its own.
void tag_key_exact(std::string_view spelling, std::string& key);

// Adds the exact key of a post's tag to those that the post has already, unless it is among them,
// is empty, or there are post_tags_max of them.
void add_post_tag(std::string_view spelling, std::vector<std::string>& keys);

// `text` with the Latin letters of U+00C0 to U+017F without their marks, as servers of the Mastodon
// family write tags. Ligatures, ß and þ stay, and so does everything outside that range.
std::string fold_to_ascii(std::string_view text);

// True for a key of letters, digits, _, · and ZWNJ alone. The streaming servers of the Mastodon
// family leave out everything else, combining marks and ・ among it, and take what is left for the
// tag.
bool is_plain_tag(std::string_view key_exact);

// One watched tag that a post's tag stands for.
struct TagMatch {
  size_t index = 0;     // in WatchedTags::keys()
  bool folded = false;  // only because the server had folded the post's tag
  bool operator==(const TagMatch&) const = default;
};

// The watched tags, found by key.
class WatchedTags {
 public:
  WatchedTags() = default;
  // Tags as the operator writes them, or their keys.
  explicit WatchedTags(const std::vector<std::string>& spellings);

  // The exact key of every watched tag, ascending, each once.
  const std::vector<std::string>& keys() const { return keys_; }

  // Every watched tag that a post's tag, given by its exact key, stands for, by index. `folding`:
  // the post comes from a server that folds tags, so that a watched tag is also met by its folded
  // form.
  std::vector<TagMatch> match(std::string_view key_exact, bool folding) const;

  // True if match() would find any.
  bool contains(std::string_view key_exact, bool folding) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::vector<std::string> keys_;
  std::unordered_map<std::string, std::vector<TagMatch>, Hash, std::equal_to<>> forms_;
};

}  // namespace tagscout
