// What the daemon has done since it started, and whether its store takes writes: hears of every
// commit window and passes the news on.
#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "daemon/pipeline/flag_bus.h"
#include "daemon/pipeline/window_sink.h"
#include "daemon/service/metrics.h"

namespace tagscout {

class Totals final : public WindowListener {
 public:
  // All outlive it.
  Totals(FlagBus& flag_bus, Metrics& metrics, spdlog::logger& log);

  // Who is told that something is due; set before the first window.
  void set_due_listener(std::function<void(const HostDue&)> listener);
  // Who is told that posts wait for a handle to be resolved; likewise.
  void set_unresolved_listener(std::function<void(const std::string& handle)> listener);

  void committed(const WindowEffects& effects, Duration took) override;
  void failed(const std::string& why) override;
  void recovered() override;

  int64_t posts() const { return posts_; }
  int64_t posts_new() const { return posts_new_; }
  int64_t readings() const { return readings_; }
  int64_t flags() const { return flags_; }
  int64_t dropped() const { return dropped_; }
  int64_t posts_of(const std::string& source) const;
  // Why the store takes no writes; empty while it does.
  const std::string& store_failure() const { return store_failure_; }

 private:
  FlagBus& flag_bus_;
  Metrics& metrics_;
  spdlog::logger& log_;
  std::function<void(const HostDue&)> due_listener_ = [](const HostDue&) {};
  std::function<void(const std::string&)> unresolved_listener_ = [](const std::string&) {};
  int64_t posts_ = 0;
  int64_t posts_new_ = 0;
  int64_t readings_ = 0;
  int64_t flags_ = 0;
  int64_t dropped_ = 0;
  std::map<std::string, int64_t> posts_by_source_;
  std::string store_failure_;
};

}  // namespace tagscout
