// A host's robots.txt as last fetched, and when it is to be fetched again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawlers/chance.h"
#include "crawlers/clock.h"
#include "crawlers/error.h"
#include "crawlers/http.h"
#include "crawlers/robots.h"
#include "crawlers/url.h"

namespace tagscout {

// What a copy is read with.
struct RobotsReader {
  std::string name;     // ours in robots.txt
  Duration retry_base;  // as of backoff()
  const Clock& clock;
  Chance& chance;
};

class RobotsCopy {
 public:
  // True if it has to be fetched before anything is asked of the host.
  bool due(Duration steady) const { return steady >= until_; }

  // The answer to GET /robots.txt, redirects followed. 2xx is read, other 3xx and 4xx allow
  // everything, both for a day; a server that fails is waited for, and an old copy holds meanwhile.
  void take(const Result<HttpResponse>& answer, const RobotsReader& reader);

  // Succeeds if the URL may be asked for; else forbidden, or why the rules are not known.
  Result<void> check(const Url& url) const;

  // In a few words, for the operator.
  std::string description() const;
  // When it is asked for again; absent before the first time.
  std::optional<Duration> until() const;

 private:
  std::optional<Robots> rules_;
  bool found_ = false;
  Duration until_ = Duration::min();
  int failures_ = 0;            // in a row
  std::optional<Error> error_;  // of the last one
};

}  // namespace tagscout
