#include "crawlers/robots_copy.h"

#include <algorithm>

#include "crawlers/backoff.h"
#include "crawlers/http_status.h"

namespace tagscout {
namespace {

constexpr Duration kept = std::chrono::hours(24);

}  // namespace

void RobotsCopy::take(const Result<HttpResponse>& answer, const RobotsReader& reader) {
  const Duration steady = reader.clock.steady();
  const Time now = reader.clock.now();
  const bool answered = answer && answer->status >= 200 && answer->status < 500 &&
                        answer->status != 304 && answer->status != 429 && answer->status != 408 &&
                        answer->status != 425;
  if (answered) {
    found_ = answer->status < 300;
    rules_ = found_ ? Robots(answer->body, reader.name) : Robots();
    until_ = steady + kept;
    failures_ = 0;
    error_.reset();
    return;
  }
  const Duration wait = backoff(reader.retry_base, ++failures_, reader.chance);
  Error error = answer ? *status_error(*answer, now) : answer.error();
  const Time again = std::max(now + wait, error.until.value_or(now));
  error.until = again;
  error_ = std::move(error);
  until_ = steady + (again - now);
}

Result<void> RobotsCopy::check(const Url& url) const {
  if (!rules_) return *error_;
  if (rules_->allows(url.target)) return Result<void>();
  const std::string path = url_for_log(url.text()).substr(url.origin().size());
  return Error(ErrorKind::forbidden, "robots.txt of " + url.host + " disallows " + path);
}

std::string RobotsCopy::description() const {
  std::string text = "not asked yet";
  if (rules_) text = found_ ? "read" : "none: everything is allowed";
  if (error_) text += (rules_ ? ", an old copy holds: " : ": ") + error_->detail;
  return text;
}

std::optional<Duration> RobotsCopy::until() const {
  return until_ == Duration::min() ? std::nullopt : std::optional(until_);
}

}  // namespace tagscout
