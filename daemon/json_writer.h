// The one place that writes JSON. What it writes is valid whatever it is given.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout {

// Builds one JSON value, without blanks or newlines. Texts are UTF-8: each invalid byte becomes
// U+FFFD; control and bidirectional characters are escaped, so that they reach no terminal.
class JsonWriter {
 public:
  JsonWriter();
  ~JsonWriter();
  JsonWriter(JsonWriter&&) noexcept;
  JsonWriter& operator=(JsonWriter&&) noexcept;

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  // The name of the field that the next value belongs to.
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);
  // The text, or null if it is empty: for texts of which empty means unknown.
  JsonWriter& text_or_null(std::string_view value);
  // An absent value is null; so is a number that is not finite.
  JsonWriter& integer(std::optional<int64_t> value);
  JsonWriter& real(std::optional<double> value);
  JsonWriter& boolean(std::optional<bool> value);
  JsonWriter& null();

  // What was written so far; the writer is empty afterwards.
  std::string take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tagscout
