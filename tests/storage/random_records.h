// Records made up by a seeded generator: every field, the empty and the extreme values included.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "storage/records.h"

namespace tagscout {

class RandomRecords {
 public:
  explicit RandomRecords(uint64_t seed) : engine_(seed) {}

  AccountFacts account();
  AccountSums sums();
  PostRecord post();
  PostStub stub();
  Flag flag();
  CountsReading reading();
  StoreCounts counts();
  Tombstone tombstone();
  AccountKey key();

  // 0 … limit, small ones and the limit itself more often than the rest.
  uint64_t number(uint64_t limit);
  // Any value, near 0 more often than the rest.
  int64_t signed_number();
  bool one_in(uint64_t chances);
  // Any bytes, at most a few hundred.
  std::string text();

 private:
  std::optional<int64_t> count();
  Time time();
  NameId name();
  Engagement engagement();
  EngagementSums engagement_sums();
  template <class Number>
  std::vector<Number> list(uint64_t limit);

  std::mt19937_64 engine_;
};

}  // namespace tagscout
