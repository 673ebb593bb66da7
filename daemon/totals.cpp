#include "daemon/totals.h"

#include <utility>

namespace tagscout {

Totals::Totals(FlagBus& flag_bus, Metrics& metrics, spdlog::logger& log)
    : flag_bus_(flag_bus), metrics_(metrics), log_(log) {}

void Totals::set_due_listener(std::function<void(const HostDue&)> listener) {
  due_listener_ = std::move(listener);
}

void Totals::set_unresolved_listener(std::function<void(const std::string&)> listener) {
  unresolved_listener_ = std::move(listener);
}

void Totals::committed(const WindowEffects& effects, Duration took) {
  metrics_.observe(Metric::ingest_seconds, {}, took);
  for (const auto& [source, counts] : effects.sources) {
    posts_ += counts.posts;
    posts_new_ += counts.posts_new;
    readings_ += counts.readings;
    posts_by_source_[source] += counts.posts;
    metrics_.add(Metric::posts, {source}, static_cast<double>(counts.posts));
  }
  for (const auto& [reason, count] : effects.dropped) {
    dropped_ += count;
    metrics_.add(Metric::dropped, {reason}, static_cast<double>(count));
  }
  for (const Flag& flag : effects.flags) {
    ++flags_;
    metrics_.add(Metric::flags, {flag.ladder, flag.band, flag_kind_name(flag.kind)}, 1);
  }
  flag_bus_.publish(effects.last_flag);
  for (const HostDue& due : effects.due) due_listener_(due);
  for (const std::string& handle : effects.unresolved) unresolved_listener_(handle);
  for (const std::string& note : effects.notes) log_.info("{}", note);
}

void Totals::failed(const std::string& why) {
  store_failure_ = why;
  log_.error("store cannot be written, sources wait; error=\"{}\"", why);
}

void Totals::recovered() {
  store_failure_.clear();
  log_.info("store can be written again");
}

int64_t Totals::posts_of(const std::string& source) const {
  const auto found = posts_by_source_.find(source);
  return found == posts_by_source_.end() ? 0 : found->second;
}

}  // namespace tagscout
