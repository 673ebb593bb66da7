#include "daemon/json_reader.h"

#include <simdjson.h>

namespace tagscout {
namespace {

using simdjson::dom::element_type;

JsonNode converted(const simdjson::dom::element& element);

JsonNode::Array converted(const simdjson::dom::array& array) {
  JsonNode::Array values;
  for (const simdjson::dom::element item : array) values.push_back(converted(item));
  return values;
}

JsonNode::Object converted(const simdjson::dom::object& object) {
  JsonNode::Object fields;
  for (const simdjson::dom::key_value_pair field : object) {
    fields.push_back({.name = std::string(field.key), .value = converted(field.value)});
  }
  return fields;
}

JsonNode converted(const simdjson::dom::element& element) {
  switch (element.type()) {
    case element_type::NULL_VALUE:
      return JsonNode();
    case element_type::BOOL:
      return JsonNode(bool{element});
    case element_type::INT64:
      return JsonNode(int64_t{element});
    case element_type::UINT64:
    case element_type::DOUBLE:
      return JsonNode(double{element});
    case element_type::STRING:
      return JsonNode(std::string(std::string_view{element}));
    case element_type::ARRAY:
      return JsonNode(converted(simdjson::dom::array{element}));
    case element_type::OBJECT:
      return JsonNode(converted(simdjson::dom::object{element}));
  }
  return JsonNode();
}

template <class T>
const T& held_or_empty(const JsonNode::Any& value, const T& empty) {
  const T* held = std::get_if<T>(&value);
  return held ? *held : empty;
}

}  // namespace

std::optional<bool> JsonNode::boolean() const {
  const bool* held = std::get_if<bool>(&value_);
  return held ? std::optional(*held) : std::nullopt;
}

std::optional<int64_t> JsonNode::integer() const {
  const int64_t* held = std::get_if<int64_t>(&value_);
  return held ? std::optional(*held) : std::nullopt;
}

std::optional<double> JsonNode::real() const {
  if (const int64_t* held = std::get_if<int64_t>(&value_)) return static_cast<double>(*held);
  const double* held = std::get_if<double>(&value_);
  return held ? std::optional(*held) : std::nullopt;
}

std::optional<std::string_view> JsonNode::text() const {
  const std::string* held = std::get_if<std::string>(&value_);
  return held ? std::optional<std::string_view>(*held) : std::nullopt;
}

const JsonNode::Array& JsonNode::array() const {
  static const Array empty;
  return held_or_empty(value_, empty);
}

const JsonNode::Object& JsonNode::object() const {
  static const Object empty;
  return held_or_empty(value_, empty);
}

const JsonNode& JsonNode::operator[](std::string_view name) const {
  static const JsonNode absent;
  for (const JsonField& field : object()) {
    if (field.name == name) return field.value;
  }
  return absent;
}

void JsonNode::write(JsonWriter& writer) const {
  if (is_null()) writer.null();
  if (const auto held = boolean()) writer.boolean(*held);
  if (const int64_t* held = std::get_if<int64_t>(&value_)) writer.integer(*held);
  if (const double* held = std::get_if<double>(&value_)) writer.real(*held);
  if (const auto held = text()) writer.text(*held);
  if (const Array* held = std::get_if<Array>(&value_)) {
    writer.begin_array();
    for (const JsonNode& item : *held) item.write(writer);
    writer.end_array();
  }
  if (const Object* held = std::get_if<Object>(&value_)) {
    writer.begin_object();
    for (const JsonField& field : *held) {
      writer.key(field.name);
      field.value.write(writer);
    }
    writer.end_object();
  }
}

std::optional<JsonNode> parse_json(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) return {};
  return converted(document);
}

std::string to_json(const JsonNode& value) {
  JsonWriter writer;
  value.write(writer);
  return writer.take();
}

}  // namespace tagscout
