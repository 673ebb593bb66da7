#include "daemon/service/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// One value at least of every metric.
void fill(Metrics& metrics) {
  for (const MetricRow& row : metric_rows()) {
    if (row.metric == Metric::build_info) continue;
    const auto count = std::count_if(row.labels.begin(), row.labels.end(),
                                     [](std::string_view name) { return !name.empty(); });
    const MetricLabels choices[] = {{}, {"a"}, {"a", "b"}, {"a", "b", "c"}};
    const MetricLabels labels = choices[count];
    if (row.type == MetricType::counter) metrics.add(row.metric, labels, 1);
    if (row.type == MetricType::gauge) metrics.set(row.metric, labels, 1);
    if (row.type == MetricType::histogram) metrics.observe(row.metric, labels, 1s);
  }
}

TEST(Metrics, CountersAdd) {
  Metrics metrics("1.2.3");
  metrics.add(Metric::posts, {"mastodon.social"}, 2);
  metrics.add(Metric::posts, {"mastodon.social"}, 3);
  metrics.add(Metric::posts, {"other"}, 1);
  metrics.add(Metric::flags, {"default", "micro", "rose"}, 1);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("tagscout_posts_total{source=\"mastodon.social\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("tagscout_posts_total{source=\"other\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("tagscout_flags_total{band=\"micro\",kind=\"rose\",ladder=\"default\"} 1"));
  EXPECT_THAT(text, HasSubstr("tagscout_build_info{version=\"1.2.3\"} 1\n"));
}

TEST(Metrics, GaugesAreSetAndForgotten) {
  Metrics metrics("1");
  metrics.set(Metric::source_lag_seconds, {"s"}, 12.5);
  metrics.set(Metric::store_bytes, {}, 1e9);
  EXPECT_THAT(metrics.text(), HasSubstr("tagscout_source_lag_seconds{source=\"s\"} 12.5\n"));
  metrics.clear(Metric::source_lag_seconds, {"s"});
  EXPECT_THAT(metrics.text(), Not(HasSubstr("source=\"s\"")));
  EXPECT_THAT(metrics.text(), HasSubstr("tagscout_store_bytes 1000000000\n"));
}

TEST(Metrics, ARequestIsCountedAndTimed) {
  Metrics metrics("1");
  RequestObserver& observer = metrics;
  observer.requested("s", "ok", 20ms);
  observer.requested("s", "transient", 70s);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("tagscout_requests_total{outcome=\"ok\",source=\"s\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tagscout_requests_total{outcome=\"transient\",source=\"s\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tagscout_request_seconds_bucket{le=\"0.01\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("tagscout_request_seconds_bucket{le=\"0.025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tagscout_request_seconds_bucket{le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("tagscout_request_seconds_sum 70.02"));
}

TEST(Metrics, LabelsFromOutsideCannotBreakALine) {
  Metrics metrics("1");
  metrics.add(Metric::dropped, {"a\"b\n\\c"}, 1);
  EXPECT_THAT(metrics.text(), HasSubstr("tagscout_dropped_total{reason=\"a\\\"b\\n\\\\c\"} 1\n"));
}

TEST(MetricsDeathTest, LabelsMustFitTheRow) {
  Metrics metrics("1");
  EXPECT_DEATH(metrics.add(Metric::posts, {}, 1), "");
  EXPECT_DEATH(metrics.add(Metric::posts, {"a", "b"}, 1), "");
}

TEST(Metrics, EveryRowOfTheTableIsServed) {
  Metrics metrics("1");
  fill(metrics);
  const std::string text = metrics.text();
  for (const MetricRow& row : metric_rows()) {
    EXPECT_THAT(text, HasSubstr("# HELP " + std::string(row.name) + " " + std::string(row.help)));
    EXPECT_THAT(text, HasSubstr("# TYPE " + std::string(row.name) + " "));
  }
}

TEST(Metrics, PromtoolHasNothingToSay) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "SKIPPED: promtool is not installed (Debian package prometheus)";
  Metrics metrics("1.2.3");
  fill(metrics);
  const std::string path = testing::TempDir() + "tagscout-metrics-" + std::to_string(::getpid());
  std::ofstream(path) << metrics.text();
  const std::string command = "promtool check metrics <" + path + " 2>&1";
  FILE* promtool = ::popen(command.c_str(), "r");
  ASSERT_NE(promtool, nullptr);
  std::string said;
  for (int c = 0; (c = ::fgetc(promtool)) != EOF;) said += static_cast<char>(c);
  EXPECT_EQ(::pclose(promtool), 0);
  EXPECT_EQ(said, "");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tagscout
