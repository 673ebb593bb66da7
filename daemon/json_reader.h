// The one place outside the crawlers that reads JSON: a whole document as a tree of values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/json_writer.h"

namespace tagscout {

struct JsonField;

// One value. Fields of objects keep their order.
class JsonNode {
 public:
  using Array = std::vector<JsonNode>;
  using Object = std::vector<JsonField>;
  using Any = std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object>;

  JsonNode() = default;
  explicit JsonNode(Any value);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // The value as that type; nothing (or empty) if it is of another. real() takes integers too.
  std::optional<bool> boolean() const;
  std::optional<int64_t> integer() const;
  std::optional<double> real() const;
  std::optional<std::string_view> text() const;
  const Array& array() const;
  const Object& object() const;

  // The field of that name; null if there is none or this is no object.
  const JsonNode& operator[](std::string_view name) const;

  void write(JsonWriter& writer) const;

 private:
  Any value_;
};

struct JsonField {
  std::string name;
  JsonNode value;
};

inline JsonNode::JsonNode(Any value) : value_(std::move(value)) {}

// The document; nothing if the text is not one.
std::optional<JsonNode> parse_json(std::string_view text);

// The value as one line of JSON.
std::string to_json(const JsonNode& value);

}  // namespace tagscout
