// The hashtags of the simulation: a few that are watched among others that are not.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tagscout::testnet {

// A set of tags by their places in vocabulary().
using TagSet = uint16_t;

struct Word {
  std::string_view key;                     // as the comparison key of what Bluesky carries
  std::string_view folded;                  // as Mastodon writes it: lower case, without accents
  std::vector<std::string_view> spellings;  // as people write it on Bluesky
};

// Every tag; those that are watched come first.
const std::vector<Word>& vocabulary();

// Words that posts are made of; those beyond are in the posts of Options::odd_tags alone.
constexpr size_t drawn_words = 14;
constexpr size_t marked_word = 14;  // with combining marks in it
constexpr size_t cash_word = 15;    // not a hashtag, but a "$" in front
constexpr size_t watched_words = 5;
constexpr TagSet watched_tags = (1u << watched_words) - 1;

// The tag that a Mastodon server takes `text` for (any case, accents or not); empty if it knows
// none.
TagSet find_tag(std::string_view text);

// Comparison keys of the tags in `set`, as posts of Mastodon (`folded`) or Bluesky carry them.
std::vector<std::string_view> tag_keys(TagSet set, bool folded);

}  // namespace tagscout::testnet
