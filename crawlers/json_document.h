// One document that is read once, as one record.
#pragma once

#include <string_view>
#include <type_traits>

#include "crawlers/json.h"

namespace tagscout {

// What `read` makes of the root of `text`. Fails with protocol if that is not JSON, or if something
// was wrong with what was read of it.
template <class Read>
Result<std::invoke_result_t<Read, const JsonValue&>> read_json(std::string_view text,
                                                               const Read& read) {
  JsonProblem problem;
  JsonParser parser;
  const Result<JsonValue> root = parser.parse(text, problem);
  if (!root) return root.error();
  auto record = read(*root);
  if (problem.found()) return problem.error();
  return record;
}

}  // namespace tagscout
