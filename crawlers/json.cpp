#include "crawlers/json.h"

#include <charconv>
#include <cmath>

namespace tagscout {
namespace {

// Beyond this a number is not exact in every JSON implementation that may have handled it.
constexpr int64_t count_limit = int64_t{1} << 53;

// A path in an error must not become a message of its own.
constexpr size_t key_shown_max = 40;

// The number that stands there, be it written as an integer, as a real or as text; count_limit if
// it is none, no whole one, or larger.
int64_t whole_number(const simdjson::dom::element& element) {
  int64_t value = 0;
  if (element.get(value) == simdjson::SUCCESS) return value;
  double real = 0;
  if (element.get(real) == simdjson::SUCCESS) {
    const bool fits = std::trunc(real) == real && std::abs(real) < static_cast<double>(count_limit);
    return fits ? static_cast<int64_t>(real) : count_limit;
  }
  std::string_view digits;
  if (element.get(digits) != simdjson::SUCCESS) return count_limit;
  const char* const stop = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), stop, value);
  return error == std::errc() && end == stop ? value : count_limit;
}

}  // namespace

JsonPath JsonPath::with(Step step) const {
  JsonPath longer = *this;
  if (longer.depth_ < longer.steps_.size()) longer.steps_[longer.depth_++] = step;
  return longer;
}

JsonPath JsonPath::child(std::string_view key) const {
  return with({.key = key.data(), .size = key.size()});
}

JsonPath JsonPath::child(size_t index) const { return with({.key = nullptr, .size = index}); }

std::string JsonPath::text() const {
  std::string text = "$";
  for (size_t i = 0; i < depth_; ++i) {
    const Step& step = steps_[i];
    if (step.key == nullptr) {
      text.append("[").append(std::to_string(step.size)).append("]");
    } else {
      text.append(".").append(step.key, std::min(step.size, key_shown_max));
    }
  }
  return text;
}

void JsonProblem::note(const JsonPath& path, std::string_view what) {
  if (found()) return;
  what_ = path.text().append(": ").append(what);
}

JsonValue::JsonValue(JsonProblem& problem, simdjson::dom::element element)
    : JsonValue(problem, element, JsonPath()) {}

JsonValue::JsonValue(JsonProblem& problem, simdjson::dom::element element, JsonPath path)
    : element_(element), present_(!element.is_null()), problem_(&problem), path_(path) {}

JsonValue::JsonValue(JsonProblem& problem, JsonPath path) : problem_(&problem), path_(path) {}

bool JsonValue::is_object() const { return present_ && element_.is_object(); }

JsonValue JsonValue::field(std::string_view key) const {
  const JsonPath path = path_.child(key);
  if (!present_) return JsonValue(*problem_, path);
  simdjson::dom::object object;
  if (element_.get(object) != simdjson::SUCCESS) {
    note("is not an object");
    return JsonValue(*problem_, path);
  }
  simdjson::dom::element element;
  if (object.at_key(key).get(element) != simdjson::SUCCESS) return JsonValue(*problem_, path);
  return JsonValue(*problem_, element, path);
}

JsonValue JsonValue::reported_to(JsonProblem& problem) const {
  JsonValue same = *this;
  same.problem_ = &problem;
  return same;
}

std::string_view JsonValue::text() const {
  const std::optional<std::string_view> text = optional_text();
  if (!text) note("is missing");
  return text.value_or(std::string_view());
}

int64_t JsonValue::integer() const {
  int64_t value = 0;
  if (!present_) {
    note("is missing");
  } else if (element_.get(value) != simdjson::SUCCESS) {
    note("is not an integer");
    return 0;
  }
  return value;
}

std::optional<std::string_view> JsonValue::optional_text() const {
  if (!present_) return std::nullopt;
  std::string_view text;
  if (element_.get(text) != simdjson::SUCCESS) {
    note("is not a text");
    return std::nullopt;
  }
  return text;
}

std::optional<bool> JsonValue::optional_boolean() const {
  if (!present_) return std::nullopt;
  bool value = false;
  if (element_.get(value) != simdjson::SUCCESS) {
    note("is not true or false");
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> JsonValue::optional_count() const {
  if (!present_) return std::nullopt;
  const int64_t value = whole_number(element_);
  if (value >= count_limit) {
    note("is not a count");
    return std::nullopt;
  }
  return std::max<int64_t>(value, -1);
}

Result<JsonValue> JsonParser::parse(std::string_view text, JsonProblem& problem) {
  padded_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  padded_.assign(text);
  simdjson::dom::element root;
  const simdjson::error_code error = parser_.parse(padded_.data(), padded_.size(), false).get(root);
  if (error != simdjson::SUCCESS) {
    return Error(ErrorKind::protocol, std::string("not JSON: ") + simdjson::error_message(error));
  }
  return JsonValue(problem, root);
}

}  // namespace tagscout
