#include "config/problems.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tagscout {
namespace {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last;
  std::vector<size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    std::vector<size_t> row(b.size() + 1, i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

// A word that only lacks an end, or has one too many, is nearer than its length says.
bool extends(std::string_view longer, std::string_view shorter) {
  return shorter.size() >= 3 && longer.starts_with(shorter);
}

}  // namespace

void Problems::add(Place place, std::string_view key, std::string_view what) {
  std::string text;
  if (place.overridden) {
    text = "--set: ";
  } else if (place.line > 0) {
    text = file_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
  }
  if (!key.empty()) text.append(key).append(": ");
  text.append(what);
  problems_.push_back({place, std::move(text)});
}

std::vector<std::string> Problems::lines() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tuple(a.place.overridden, a.place.line, a.place.column) <
           std::tuple(b.place.overridden, b.place.line, b.place.column);
  });
  std::vector<std::string> lines;
  lines.reserve(sorted.size());
  for (Problem& problem : sorted) lines.push_back(std::move(problem.text));
  return lines;
}

std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view>& candidates) {
  constexpr size_t distance_max = 3;
  constexpr size_t word_bytes_max = 64;
  if (word.size() > word_bytes_max) return {};
  std::optional<std::string_view> best;
  size_t best_distance = std::min(distance_max, (word.size() + 1) / 2) + 1;
  for (const std::string_view candidate : candidates) {
    size_t distance = edit_distance(word, candidate);
    if (extends(candidate, word) || extends(word, candidate))
      distance = std::min(distance, size_t{2});
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates,
                       std::string_view prefix) {
  const std::optional<std::string_view> near = nearest(word, candidates);
  if (!near) return {};
  return std::string("; did you mean ").append(prefix).append(*near).append("?");
}

}  // namespace tagscout
