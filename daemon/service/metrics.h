// What the daemon counts for Prometheus. Labels are only of bounded kinds, never an account.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "crawlers/fetcher.h"
#include "storage/model/time.h"

namespace tagscout {

enum class Metric {
  posts,
  flags,
  requests,
  request_seconds,
  source_lag_seconds,
  ingest_seconds,
  store_bytes,
  dropped,
  config_last_reload_successful,
  build_info,
};

enum class MetricType { counter, gauge, histogram };

// One row of the table of metrics.
struct MetricRow {
  Metric metric;
  std::string_view name;
  MetricType type;
  std::string_view help;
  std::array<std::string_view, 3> labels;  // names; empty ones count for nothing
};

// All metrics there are, in the order of the enumeration.
std::span<const MetricRow> metric_rows();

// Label values in the order of the row's labels. There must be as many.
using MetricLabels = std::initializer_list<std::string_view>;

// Owns the values. May be used from several threads.
class Metrics final : public RequestObserver {
 public:
  // `version` is what build_info shows.
  explicit Metrics(std::string_view version);
  ~Metrics() override;

  // Adds to a counter. `amount` is not negative.
  void add(Metric counter, MetricLabels labels, double amount);

  // Sets a gauge.
  void set(Metric gauge, MetricLabels labels, double value);

  // Forgets one gauge: its value is not known.
  void clear(Metric gauge, MetricLabels labels);

  // Adds one duration to a histogram.
  void observe(Metric histogram, MetricLabels labels, Duration took);

  // Counts a request and its time.
  void requested(std::string_view source, std::string_view outcome, Duration took) override;

  // Text exposition format.
  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace tagscout
