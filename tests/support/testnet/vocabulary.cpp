#include "tests/support/testnet/vocabulary.h"

#include <algorithm>
#include <string>

namespace tagscout::testnet {
namespace {

// Enough of lower case and folding for the few words below.
std::string fold(std::string_view text) {
  std::string folded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool umlaut = text.substr(i, 2) == "ä" || text.substr(i, 2) == "Ä";
    if (umlaut) {
      folded += 'a';
      ++i;
    } else {
      const char c = text[i];
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  return folded;
}

}  // namespace

const std::vector<Word>& vocabulary() {
  static const std::vector<Word> words = {
      {"slowfashion", "slowfashion", {"slowfashion", "SlowFashion", "#SlowFashion"}},
      {"mendedclothes", "mendedclothes", {"MendedClothes", "ｍｅｎｄｅｄclothes"}},
      {"visiblemending", "visiblemending", {"visiblemending", "VISIBLEMENDING"}},
      {"handsewn", "handsewn", {"handsewn", "HandSewn"}},
      {"nähen", "nahen", {"Nähen", "nähen", "NÄHEN", "Na\u0308hen"}},
      {"photography", "photography", {"photography", "Photography"}},
      {"caturday", "caturday", {"Caturday"}},
      {"gardening", "gardening", {"gardening"}},
      {"vintage", "vintage", {"Vintage"}},
      {"coffee", "coffee", {"coffee"}},
      {"crochet", "crochet", {"crochet", "Crochet"}},
      {"upcycling", "upcycling", {"UpCycling"}},
      {"handsewing", "handsewing", {"handsewing"}},
      {"art", "art", {"art", "Art"}},
      {"बुनाई", "बुनाई", {"बुनाई"}},
      {"$mend", "$mend", {"$MEND"}},
  };
  return words;
}

TagSet find_tag(std::string_view text) {
  const auto& words = vocabulary();
  const auto word = std::find_if(words.begin(), words.end(), [folded = fold(text)](const Word& w) {
    return w.folded == folded;
  });
  return word == words.end() ? TagSet{0} : static_cast<TagSet>(1u << (word - words.begin()));
}

std::vector<std::string_view> tag_keys(TagSet set, bool folded) {
  std::vector<std::string_view> keys;
  for (size_t i = 0; i < vocabulary().size(); ++i) {
    if ((set >> i & 1u) == 0) continue;
    keys.push_back(folded ? vocabulary()[i].folded : vocabulary()[i].key);
  }
  return keys;
}

}  // namespace tagscout::testnet
