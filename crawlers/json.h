// JSON from strangers, read field by field. A document is parsed and checked as a whole before
// anything of it is believed: a cut, doubled or ill-encoded one is refused. What is wrong with a
// field is noted with the field's path, and reading goes on with harmless values, so that one check
// at the end of a record is enough. Of fields with the same name the first one counts.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crawlers/error.h"

namespace tagscout {

// The way from a document's root to one of its values. Steps beyond its depth are left out.
class JsonPath {
 public:
  // `key` must outlive the path.
  JsonPath child(std::string_view key) const;
  JsonPath child(size_t index) const;
  // "$.posts[3].author.did"
  std::string text() const;

 private:
  struct Step {
    const char* key = nullptr;  // null: an index
    size_t size = 0;            // of the key, or the index itself
  };
  JsonPath with(Step step) const;

  std::array<Step, 8> steps_{};
  size_t depth_ = 0;
};

// Keeps the first thing that was wrong with a record.
class JsonProblem {
 public:
  bool found() const { return !what_.empty(); }
  // The problem as a protocol error; "$.path: what is wrong".
  Error error() const { return {ErrorKind::protocol, what_}; }
  void note(const JsonPath& path, std::string_view what);

 private:
  std::string what_;
};

// A value in a parsed document, or the absence of one. null counts as absent. Texts and values live
// until their parser parses again; the problem must outlive them.
class JsonValue {
 public:
  JsonValue(JsonProblem& problem, simdjson::dom::element element);

  bool has_value() const { return present_; }
  // True only for an object.
  bool is_object() const;

  // A field of this object; absent if there is none. A problem if this is no object.
  JsonValue field(std::string_view key) const;

  // The same value whose problems go to another record's account.
  JsonValue reported_to(JsonProblem& problem) const;

  // What must be there; an empty text and a problem if it is not.
  std::string_view text() const;
  // Likewise; 0 and a problem.
  int64_t integer() const;

  // What may be there: nothing where it is absent, and a problem where it is something else.
  std::optional<std::string_view> optional_text() const;
  std::optional<bool> optional_boolean() const;
  // A count, given as a number or as a text of digits. Any negative one, which means that the
  // server hides it, comes out as -1. One of 2^53 or more is a problem.
  std::optional<int64_t> optional_count() const;

  // Calls visit(JsonValue) for each element. No call if absent; a problem if this is no array.
  template <class Visit>
  void each(Visit visit) const {
    if (!present_) return;
    simdjson::dom::array elements;
    if (element_.get(elements) != simdjson::SUCCESS) return note("is not an array");
    size_t index = 0;
    for (const simdjson::dom::element element : elements) {
      visit(JsonValue(*problem_, element, path_.child(index++)));
    }
  }

  // Notes that something is wrong with this value.
  void note(std::string_view what) const { problem_->note(path_, what); }

 private:
  JsonValue(JsonProblem& problem, simdjson::dom::element element, JsonPath path);
  JsonValue(JsonProblem& problem, JsonPath path);

  simdjson::dom::element element_;
  bool present_ = false;
  JsonProblem* problem_;
  JsonPath path_;
};

// Parses one document after another, in memory that it keeps.
class JsonParser {
 public:
  // The root of `text`. Fails with protocol for anything that is not one whole JSON document in
  // UTF-8. Values of the document before become invalid. `problem` must outlive the root.
  Result<JsonValue> parse(std::string_view text, JsonProblem& problem);

 private:
  simdjson::dom::parser parser_;
  std::string padded_;
};

}  // namespace tagscout
