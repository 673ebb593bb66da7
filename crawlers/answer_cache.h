// Answers that a server can say are still good, so that it need not send them again.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "crawlers/http.h"

namespace tagscout {

// Of requests without a token alone; bounded, the copy used longest ago goes first.
class AnswerCache {
 public:
  // Names the copy that is held of this URL, if there is one.
  void prepare(HttpRequest& request);

  // Keeps a 200 that bears an ETag or Last-Modified. Turns a 304 to a prepared request into the
  // copy, as a 200 with the headers of the 304 but for those of the body: Date, Age and budgets are
  // of today. A server that confirms a copy vouches for it at that moment; a cache that confirms
  // one says by Age how long ago that was.
  void complete(const HttpRequest& request, HttpResponse& response);

  size_t size() const { return copies_.size(); }

  static constexpr size_t copies_max = 128;
  static constexpr size_t body_bytes_max = 32u << 10;

 private:
  struct Copy {
    HttpResponse response;
    uint64_t used = 0;
  };
  std::map<std::string, Copy> copies_;  // by URL
  uint64_t uses_ = 0;
};

}  // namespace tagscout
