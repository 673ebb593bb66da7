#include "daemon/admin/handlers.h"
#include "daemon/admin/parameters.h"
#include "daemon/admin/source_json.h"
#include "daemon/json_writer.h"

namespace tagscout::handlers {
namespace {

int64_t in_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

void store(JsonWriter& json, const DaemonStatus& status) {
  json.key("store").begin_object();
  json.key("accounts").integer(status.accounts);
  json.key("posts").integer(status.posts);
  json.key("flags").integer(status.flags);
  json.key("bytes").integer(status.store_bytes);
  json.key("disk_free_bytes").integer(status.disk_free_bytes);
  json.key("unread_accounts").integer(status.unread_accounts);
  json.end_object();
}

void hosts(JsonWriter& json, const DaemonStatus::Homes& homes) {
  json.key("hosts").begin_object();
  json.key("known").integer(homes.known);
  json.key("at_work").integer(homes.at_work);
  json.key("failing").integer(homes.failing);
  json.key("refusing").integer(homes.refusing);
  json.end_object();
}

void totals(JsonWriter& json, const DaemonStatus::Totals& totals) {
  json.key("totals").begin_object();
  json.key("posts").integer(totals.posts);
  json.key("posts_new").integer(totals.posts_new);
  json.key("readings").integer(totals.readings);
  json.key("flags").integer(totals.flags);
  json.key("dropped").integer(totals.dropped);
  json.end_object();
}

std::string joined(const std::vector<std::string>& reasons) {
  std::string text;
  for (const std::string& reason : reasons) text.append(text.empty() ? "" : "; ").append(reason);
  return text;
}

}  // namespace

boost::asio::awaitable<AdminReply> status(const AdminContext& context, const Request& request,
                                          Stream&) {
  const Parameters none(request.target.query, {});
  const DaemonStatus status = context.control.status();
  JsonWriter json;
  json.begin_object();
  json.key("version").text(TAGSCOUT_VERSION);
  json.key("uptime_s").integer(in_seconds(status.uptime));
  json.key("state").text(status.healthy ? "healthy" : "degraded");
  write_texts(json, "reasons", status.reasons);
  store(json, status);
  hosts(json, status.hosts);
  json.key("sources").begin_array();
  for (const SourceStatus& source : status.sources) {
    json.begin_object();
    write_source(json, source);
    json.end_object();
  }
  json.end_array();
  totals(json, status.totals);
  json.end_object();
  co_return json_reply(json.take());
}

boost::asio::awaitable<AdminReply> health(const AdminContext&, const Request& request, Stream&) {
  const Parameters none(request.target.query, {});
  // To be able to say so is the whole answer.
  co_return json_reply(R"({"state":"alive"})");
}

boost::asio::awaitable<AdminReply> ready(const AdminContext& context, const Request& request,
                                         Stream&) {
  const Parameters none(request.target.query, {});
  const DaemonStatus status = context.control.status();
  if (status.ready) co_return json_reply(R"({"state":"ready"})");
  co_return problem(503, "not ready: " + joined(status.reasons));
}

boost::asio::awaitable<AdminReply> metrics(const AdminContext& context, const Request& request,
                                           Stream&) {
  const Parameters none(request.target.query, {});
  co_return AdminReply(200, "text/plain; version=0.0.4; charset=utf-8", context.control.metrics());
}

}  // namespace tagscout::handlers
