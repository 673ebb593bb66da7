#include "daemon/admin/source_json.h"

#include <optional>

namespace tagscout {
namespace {

void time(JsonWriter& json, std::string_view key, const std::optional<Time>& value) {
  json.key(key).text_or_null(value ? format_time(*value) : std::string());
}

double in_seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

void milliseconds(JsonWriter& json, std::string_view key, const std::optional<Duration>& took) {
  std::optional<double> value;
  if (took) value = std::chrono::duration<double, std::milli>(*took).count();
  json.key(key).real(value);
}

void write_host(JsonWriter& json, const HostReport& host) {
  json.begin_object();
  json.key("host").text(host.host);
  json.key("limit").integer(host.budget.limit);
  json.key("remaining").integer(host.budget.remaining);
  time(json, "reset_at", host.budget.reset_at);
  json.key("gap_s").real(in_seconds(host.gap));
  time(json, "not_before", host.not_before);
  json.key("robots").text(host.robots);
  time(json, "robots_until", host.robots_until);
  json.key("last_refusal").text_or_null(host.last_refusal);
  time(json, "last_refusal_at", host.last_refusal_at);
  json.key("local").begin_array();
  for (const LocalBudget& budget : host.local) {
    json.begin_object();
    json.key("budget").text(budget.name);
    json.key("limit").integer(budget.limit);
    json.key("used").integer(budget.used);
    json.key("window_s").real(in_seconds(budget.window));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_host_test(JsonWriter& json, const HostTest& host) {
  json.begin_object();
  json.key("host").text(host.host);
  milliseconds(json, "name_ms", host.name);
  milliseconds(json, "connect_ms", host.connect);
  milliseconds(json, "tls_ms", host.tls);
  milliseconds(json, "first_byte_ms", host.first_byte);
  json.key("status").integer(host.status == 0 ? std::nullopt : std::optional<int64_t>(host.status));
  json.key("failed").text_or_null(host.failed);
  json.key("error").text_or_null(host.error);
  json.end_object();
}

}  // namespace

void write_source(JsonWriter& json, const SourceStatus& source) {
  json.key("name").text(source.name);
  json.key("type").text(source.type);
  json.key("state").text(source.state);
  time(json, "last_success_at", source.last_success_at);
  json.key("last_error").text_or_null(source.last_error);
  json.key("posts_total").integer(source.posts_total);
  json.key("lag_s").real(source.lag_s);
  json.key("rate_limit").begin_object();
  json.key("remaining").integer(source.rate_limit_remaining);
  time(json, "reset_at", source.rate_limit_reset_at);
  json.end_object();
}

void write_hosts(JsonWriter& json, const std::vector<HostReport>& hosts) {
  json.begin_array();
  for (const HostReport& host : hosts) write_host(json, host);
  json.end_array();
}

void write_test(JsonWriter& json, const std::string& source, const SourceTest& test) {
  json.begin_object();
  json.key("name").text(source);
  json.key("state").text(test.works() ? "works" : "failed");
  json.key("hosts").begin_array();
  for (const HostTest& host : test.hosts) write_host_test(json, host);
  json.end_array();
  json.key("page").begin_object();
  milliseconds(json, "took_ms", test.page);
  json.key("events").integer(test.page ? std::optional(test.page_events) : std::nullopt);
  json.key("error").text_or_null(test.page_error);
  json.end_object();
  json.end_object();
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& values) {
  json.key(key).begin_array();
  for (const std::string& value : values) json.text(value);
  json.end_array();
}

}  // namespace tagscout
