#include <algorithm>

#include "daemon/admin/handlers.h"
#include "daemon/admin/parameters.h"
#include "daemon/admin/source_json.h"
#include "daemon/json_writer.h"

namespace tagscout::handlers {

boost::asio::awaitable<AdminReply> sources(const AdminContext& context, const Request& request,
                                           Stream&) {
  const Parameters parameters(request.target.query, {"limit", "cursor"});
  const PageRequest page = parameters.page();
  std::vector<SourceStatus> sources = context.control.status().sources;
  std::sort(sources.begin(), sources.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  size_t shown = 0;
  std::string next;
  for (const SourceStatus& source : sources) {
    // Names are unique, so the first name of the next page is cursor enough.
    if (source.name < page.cursor) continue;
    if (shown++ == page.limit) {
      next = source.name;
      break;
    }
    json.begin_object();
    write_source(json, source);
    json.key("connected_to").text_or_null(source.connected_to);
    write_texts(json, "urls", source.urls);
    write_texts(json, "niches", source.niches);
    json.key("poll_s").real(static_cast<double>(source.poll.count()) / 1e6);
    json.key("hosts");
    write_hosts(json, source.hosts);
    json.end_object();
  }
  json.end_array().key("next").text_or_null(next).end_object();
  co_return json_reply(json.take());
}

boost::asio::awaitable<AdminReply> source_test(const AdminContext& context, const Request& request,
                                               Stream&) {
  const Parameters none(request.target.query, {});
  const std::optional<SourceTest> test = co_await context.control.test(request.subject);
  if (!test) co_return problem(404, "no source " + request.subject);
  JsonWriter json;
  write_test(json, request.subject, *test);
  co_return json_reply(json.take());
}

}  // namespace tagscout::handlers
