// What the operator says about one source.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/model/time.h"

namespace tagscout {

// Which keys a type of source takes beside those that every source has (name, type, niches, poll,
// gap, lookback, sweep, catch_up, silence).
struct SourceSchema {
  std::string_view type;
  std::vector<std::string_view> required;  // of url, appview, jetstream
  std::vector<std::string_view> optional;  // of token_file, zstd_dictionary, …
};

// `[[source]]`. Texts and lists are empty where a key is absent.
struct SourceSection {
  std::string name;
  std::string type;
  std::string url;  // scheme and authority, no trailing slash
  Duration poll{};
  Duration gap{};  // 0 unless `gap_set`
  bool gap_set = false;
  std::string token_file;
  std::string token;  // what the file or the credential of the source's name holds; never printed
  std::vector<std::string> jetstream;
  std::string appview;  // scheme and authority, no trailing slash
  std::string zstd_dictionary;
  Duration silence{};               // a stream that says nothing for so long is left; 0 = never
  std::vector<std::string> niches;  // empty = all
  Duration lookback{};
  Duration sweep{};
  Duration catch_up{};
};

}  // namespace tagscout
