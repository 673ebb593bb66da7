#include "daemon/admin/handlers.h"
#include "daemon/admin/parameters.h"
#include "daemon/query_tags.h"

namespace tagscout::handlers {

boost::asio::awaitable<AdminReply> tags(const AdminContext& context, const Request& request,
                                        Stream&) {
  const Parameters none(request.target.query, {"limit", "cursor"});
  const std::unique_ptr<Reader> reader = context.database.snapshot();
  const std::vector<WatchedTag> watched = context.control.watched_tags();
  co_return json_reply(TagQuery(*reader, watched, context.clock.now()).list());
}

boost::asio::awaitable<AdminReply> tag(const AdminContext& context, const Request& request,
                                       Stream&) {
  const Parameters none(request.target.query, {});
  const TagFilter keys = context.tag_keys(request.subject);
  if (keys.exact.empty()) throw BadQuery("not a tag: " + request.subject);
  const std::unique_ptr<Reader> reader = context.database.snapshot();
  const std::vector<WatchedTag> watched = context.control.watched_tags();
  std::optional<std::string> found =
      TagQuery(*reader, watched, context.clock.now()).tag(keys.exact, keys.folded);
  if (!found) co_return problem(404, "no tag " + keys.exact);
  co_return json_reply(*std::move(found));
}

}  // namespace tagscout::handlers
