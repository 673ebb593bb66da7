// The path of a request and its parameters, decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tagscout::testnet {

class Query {
 public:
  explicit Query(std::string_view target);

  // Decoded, without the query.
  const std::string& path() const { return path_; }
  // What follows `prefix` in the path; nothing if it does not begin so or nothing follows.
  std::optional<std::string> after(std::string_view prefix) const;
  // The first value of that name.
  std::optional<std::string> get(std::string_view name) const;
  // All values of that name.
  std::vector<std::string> all(std::string_view name) const;
  // The first value of that name as a number; nothing if it is none.
  std::optional<uint64_t> number(std::string_view name) const;

 private:
  std::string path_;
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace tagscout::testnet
