#include "daemon/json_writer.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <cmath>

#include "daemon/utf8.h"

namespace tagscout {

struct JsonWriter::State {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
};

namespace {

void append_escape(std::string& out, char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 0xf];
}

void append_character(std::string& out, char32_t character) {
  if (character == U'"' || character == U'\\') {
    out += '\\';
    out += static_cast<char>(character);
  } else if (character == U'\n') {
    out += "\\n";
  } else if (character == U'\t') {
    out += "\\t";
  } else if (character == U'\r') {
    out += "\\r";
  } else if (is_control(character)) {
    append_escape(out, character);
  } else {
    append_utf8(out, character);
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  for_each_character(text, [&](char32_t character) { append_character(out, character); });
  out += '"';
  return out;
}

}  // namespace

JsonWriter::JsonWriter() : state_(std::make_unique<State>()) {}
JsonWriter::~JsonWriter() = default;
JsonWriter::JsonWriter(JsonWriter&&) noexcept = default;
JsonWriter& JsonWriter::operator=(JsonWriter&&) noexcept = default;

JsonWriter& JsonWriter::begin_object() {
  state_->writer.StartObject();
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  state_->writer.EndObject();
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  state_->writer.StartArray();
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  state_->writer.EndArray();
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) { return text(name); }

JsonWriter& JsonWriter::text(std::string_view value) {
  // RapidJSON would pass C1 and bidirectional characters through, so the quoting is ours.
  const std::string json = quoted(value);
  state_->writer.RawValue(json.data(), json.size(), rapidjson::kStringType);
  return *this;
}

JsonWriter& JsonWriter::text_or_null(std::string_view value) {
  return value.empty() ? null() : text(value);
}

JsonWriter& JsonWriter::integer(std::optional<int64_t> value) {
  if (!value) return null();
  state_->writer.Int64(*value);
  return *this;
}

JsonWriter& JsonWriter::real(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return null();
  state_->writer.Double(*value);
  return *this;
}

JsonWriter& JsonWriter::boolean(std::optional<bool> value) {
  if (!value) return null();
  state_->writer.Bool(*value);
  return *this;
}

JsonWriter& JsonWriter::null() {
  state_->writer.Null();
  return *this;
}

std::string JsonWriter::take() {
  std::string json(state_->buffer.GetString(), state_->buffer.GetSize());
  state_ = std::make_unique<State>();
  return json;
}

}  // namespace tagscout
