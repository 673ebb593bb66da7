// Writes JSON field by field.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <concepts>
#include <string>
#include <string_view>

namespace tagscout::testnet {

class JsonText {
 public:
  JsonText() : writer_(buffer_) {}

  void begin_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void begin_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }
  void key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  void value(std::string_view text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool truth) { writer_.Bool(truth); }
  template <std::integral Number>
  void value(Number number) {
    writer_.Int64(static_cast<int64_t>(number));
  }
  void null() { writer_.Null(); }

  template <class Value>
  void field(std::string_view name, const Value& what) {
    key(name);
    value(what);
  }
  void null_field(std::string_view name) {
    key(name);
    null();
  }
  void empty_array(std::string_view name) {
    key(name);
    begin_array();
    end_array();
  }
  void object(std::string_view name) {
    key(name);
    begin_object();
  }
  void array(std::string_view name) {
    key(name);
    begin_array();
  }

  std::string take() { return std::string(buffer_.GetString(), buffer_.GetSize()); }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace tagscout::testnet
