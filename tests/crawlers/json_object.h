// JSON objects for tests, field by field.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tagscout {

// Raw JSON by name.
using JsonFields = std::map<std::string, std::string>;

inline std::string json_string(const std::string& text) { return "\"" + text + "\""; }

// The object of these fields after some changes; a change to "" removes the field.
inline std::string json_object(JsonFields fields, const JsonFields& changes = {}) {
  for (const auto& [name, value] : changes) fields[name] = value;
  std::string text;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    text.append(text.empty() ? "{" : ",").append(json_string(name)).append(":").append(value);
  }
  return text.empty() ? "{}" : text + "}";
}

inline std::string json_array(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) {
    if (text.size() > 1) text += ",";
    text += value;
  }
  return text + "]";
}

}  // namespace tagscout
