#include "daemon/service/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <sstream>

namespace tagscout {
namespace {

constexpr MetricRow rows[] = {
    {Metric::posts,
     "tagscout_posts_total",
     MetricType::counter,
     "Posts with a watched tag that were taken from a source.",
     {"source"}},
    {Metric::flags,
     "tagscout_flags_total",
     MetricType::counter,
     "Flags raised, by ladder, band entered and kind.",
     {"ladder", "band", "kind"}},
    {Metric::requests,
     "tagscout_requests_total",
     MetricType::counter,
     "Requests sent, by source and outcome.",
     {"source", "outcome"}},
    {Metric::request_seconds,
     "tagscout_request_seconds",
     MetricType::histogram,
     "Time from sending a request to having its whole answer.",
     {}},
    {Metric::source_lag_seconds,
     "tagscout_source_lag_seconds",
     MetricType::gauge,
     "How far a source is behind now.",
     {"source"}},
    {Metric::ingest_seconds,
     "tagscout_ingest_seconds",
     MetricType::histogram,
     "Time to commit one window to the store.",
     {}},
    {Metric::store_bytes,
     "tagscout_store_bytes",
     MetricType::gauge,
     "Size of the store on disk.",
     {}},
    {Metric::dropped,
     "tagscout_dropped_total",
     MetricType::counter,
     "Things that were read and not recorded, by reason.",
     {"reason"}},
    {Metric::config_last_reload_successful,
     "tagscout_config_last_reload_successful",
     MetricType::gauge,
     "1 if the configuration was last read without errors, else 0.",
     {}},
    {Metric::build_info,
     "tagscout_build_info",
     MetricType::gauge,
     "Always 1; its label is the version.",
     {"version"}},
};

constexpr bool rows_follow_the_enumeration() {
  for (size_t i = 0; i < std::size(rows); ++i) {
    if (static_cast<size_t>(rows[i].metric) != i) return false;
  }
  return rows[std::size(rows) - 1].metric == Metric::build_info;
}
static_assert(rows_follow_the_enumeration());

// From a millisecond of loopback, or of a window without much in it, to the longest deadline.
constexpr double second_buckets[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                     0.5,   1,      2.5,   5,    10,    30,   60};

const MetricRow& row_of(Metric metric) { return rows[static_cast<size_t>(metric)]; }

prometheus::Labels labels_of(const MetricRow& row, MetricLabels values) {
  prometheus::Labels labels;
  const auto* value = values.begin();
  for (const std::string_view name : row.labels) {
    if (name.empty()) break;
    assert(value != values.end());
    labels.emplace(name, *value++);
  }
  assert(value == values.end());
  return labels;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::span<const MetricRow> metric_rows() { return rows; }

struct Metrics::Families {
  const prometheus::Histogram::BucketBoundaries buckets{std::begin(second_buckets),
                                                        std::end(second_buckets)};
  prometheus::Registry registry;
  std::map<Metric, prometheus::Family<prometheus::Counter>*> counters;
  std::map<Metric, prometheus::Family<prometheus::Gauge>*> gauges;
  std::map<Metric, prometheus::Family<prometheus::Histogram>*> histograms;

  void register_row(const MetricRow& row) {
    const std::string name(row.name);
    const std::string help(row.help);
    switch (row.type) {
      case MetricType::counter:
        counters[row.metric] = &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
        return;
      case MetricType::gauge:
        gauges[row.metric] = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
        return;
      case MetricType::histogram:
        histograms[row.metric] =
            &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
        return;
    }
  }
};

Metrics::Metrics(std::string_view version) : families_(std::make_unique<Families>()) {
  for (const MetricRow& row : rows) families_->register_row(row);
  set(Metric::build_info, {version}, 1);
}

Metrics::~Metrics() = default;

void Metrics::add(Metric counter, MetricLabels labels, double amount) {
  families_->counters.at(counter)->Add(labels_of(row_of(counter), labels)).Increment(amount);
}

void Metrics::set(Metric gauge, MetricLabels labels, double value) {
  families_->gauges.at(gauge)->Add(labels_of(row_of(gauge), labels)).Set(value);
}

void Metrics::clear(Metric gauge, MetricLabels labels) {
  prometheus::Family<prometheus::Gauge>& family = *families_->gauges.at(gauge);
  family.Remove(&family.Add(labels_of(row_of(gauge), labels)));
}

void Metrics::observe(Metric histogram, MetricLabels labels, Duration took) {
  families_->histograms.at(histogram)
      ->Add(labels_of(row_of(histogram), labels), families_->buckets)
      .Observe(seconds(took));
}

void Metrics::requested(std::string_view source, std::string_view outcome, Duration took) {
  add(Metric::requests, {source, outcome}, 1);
  observe(Metric::request_seconds, {}, took);
}

std::string Metrics::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families_->registry.Collect());
  return out.str();
}

}  // namespace tagscout
