#include "daemon/json_reader.h"

#include <simdjson.h>

namespace tagscout {
namespace {

using simdjson::dom::element_type;

JsonValue converted(const simdjson::dom::element& element);

JsonValue::Array converted(const simdjson::dom::array& array) {
  JsonValue::Array values;
  for (const simdjson::dom::element item : array) values.push_back(converted(item));
  return values;
}

JsonValue::Object converted(const simdjson::dom::object& object) {
  JsonValue::Object fields;
  for (const simdjson::dom::key_value_pair field : object) {
    fields.push_back({.name = std::string(field.key), .value = converted(field.value)});
  }
  return fields;
}

JsonValue converted(const simdjson::dom::element& element) {
  switch (element.type()) {
    case element_type::NULL_VALUE:
      return JsonValue();
    case element_type::BOOL:
      return JsonValue(bool{element});
    case element_type::INT64:
      return JsonValue(int64_t{element});
    case element_type::UINT64:
    case element_type::DOUBLE:
      return JsonValue(double{element});
    case element_type::STRING:
      return JsonValue(std::string(std::string_view{element}));
    case element_type::ARRAY:
      return JsonValue(converted(simdjson::dom::array{element}));
    case element_type::OBJECT:
      return JsonValue(converted(simdjson::dom::object{element}));
  }
  return JsonValue();
}

template <class T>
const T& held_or_empty(const JsonValue::Any& value, const T& empty) {
  const T* held = std::get_if<T>(&value);
  return held ? *held : empty;
}

}  // namespace

std::optional<bool> JsonValue::boolean() const {
  const bool* held = std::get_if<bool>(&value_);
  return held ? std::optional(*held) : std::nullopt;
}

std::optional<int64_t> JsonValue::integer() const {
  const int64_t* held = std::get_if<int64_t>(&value_);
  return held ? std::optional(*held) : std::nullopt;
}

std::optional<double> JsonValue::real() const {
  if (const int64_t* held = std::get_if<int64_t>(&value_)) return static_cast<double>(*held);
  const double* held = std::get_if<double>(&value_);
  return held ? std::optional(*held) : std::nullopt;
}

std::optional<std::string_view> JsonValue::text() const {
  const std::string* held = std::get_if<std::string>(&value_);
  return held ? std::optional<std::string_view>(*held) : std::nullopt;
}

const JsonValue::Array& JsonValue::array() const {
  static const Array empty;
  return held_or_empty(value_, empty);
}

const JsonValue::Object& JsonValue::object() const {
  static const Object empty;
  return held_or_empty(value_, empty);
}

const JsonValue& JsonValue::operator[](std::string_view name) const {
  static const JsonValue absent;
  for (const JsonField& field : object()) {
    if (field.name == name) return field.value;
  }
  return absent;
}

void JsonValue::write(JsonWriter& writer) const {
  if (is_null()) writer.null();
  if (const auto held = boolean()) writer.boolean(*held);
  if (const int64_t* held = std::get_if<int64_t>(&value_)) writer.integer(*held);
  if (const double* held = std::get_if<double>(&value_)) writer.real(*held);
  if (const auto held = text()) writer.text(*held);
  if (const Array* held = std::get_if<Array>(&value_)) {
    writer.begin_array();
    for (const JsonValue& item : *held) item.write(writer);
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

std::optional<JsonValue> parse_json(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) return {};
  return converted(document);
}

std::string to_json(const JsonValue& value) {
  JsonWriter writer;
  value.write(writer);
  return writer.take();
}

}  // namespace tagscout
