// Collects what is wrong with a configuration, to tell it all at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.h"

namespace tagscout {

class Problems {
 public:
  // `file` is how the places of the file are named.
  explicit Problems(std::string file) : file_(std::move(file)) {}

  // `key` is dotted ("daemon.contact"), or empty where none is meant.
  void add(Place place, std::string_view key, std::string_view what);

  bool empty() const { return problems_.empty(); }

  // "FILE:LINE:COL: KEY: what" each, in the order of the file, those of `--set` last.
  std::vector<std::string> lines() const;

 private:
  struct Problem {
    Place place;
    std::string text;
  };
  std::string file_;
  std::vector<Problem> problems_;
};

// The candidate that `word` was probably meant to be; nothing if none is near.
std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view>& candidates);

// "; did you mean PREFIXcandidate?" for the nearest candidate, else "".
std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates,
                       std::string_view prefix = {});

}  // namespace tagscout
