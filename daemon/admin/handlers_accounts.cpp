#include "daemon/admin/handlers.h"
#include "daemon/admin/parameters.h"
#include "daemon/json_writer.h"

namespace tagscout::handlers {
namespace {

std::optional<TagFilter> tag(const AdminContext& context, const Parameters& parameters) {
  const auto typed = parameters.text("tag");
  if (!typed) return {};
  TagFilter keys = context.tag_keys(*typed);
  if (keys.exact.empty()) throw BadQuery("tag: not a tag");
  return keys;
}

// A view of the store and a query over it.
class Snapshot {
 public:
  explicit Snapshot(const AdminContext& context)
      : reader_(context.database.snapshot()),
        hasher_(context.database.secret()),
        query_(*reader_, hasher_, context.query, context.clock.now()) {}
  const Query& query() const { return query_; }

 private:
  std::unique_ptr<Reader> reader_;
  KeyHasher hasher_;
  Query query_;
};

AdminReply no_account(const std::string& subject) { return problem(404, "no account " + subject); }

// {"id":…,"state":…}
AdminReply changed(const AccountId& id, std::string_view state) {
  JsonWriter json;
  json.begin_object();
  json.key("id").text(id.text());
  json.key("state").text(state);
  json.end_object();
  return json_reply(json.take());
}

}  // namespace

boost::asio::awaitable<AdminReply> accounts(const AdminContext& context, const Request& request,
                                            Stream&) {
  const Parameters parameters(request.target.query,
                              {"network", "band", "niche", "tag", "limit", "cursor"});
  AccountFilter filter;
  filter.network = parameters.network();
  filter.band = parameters.band();
  filter.niche = parameters.name("niche");
  filter.tag = tag(context, parameters);
  co_return json_reply(Snapshot(context).query().accounts(filter, parameters.page()));
}

boost::asio::awaitable<AdminReply> account(const AdminContext& context, const Request& request,
                                           Stream&) {
  const Parameters none(request.target.query, {});
  std::optional<std::string> found = Snapshot(context).query().account(request.subject);
  if (!found) co_return no_account(request.subject);
  co_return json_reply(*std::move(found));
}

boost::asio::awaitable<AdminReply> account_ignore(const AdminContext& context,
                                                  const Request& request, Stream&) {
  const Parameters none(request.target.query, {});
  const std::optional<AccountId> id = Snapshot(context).query().find_account(request.subject);
  if (!id) co_return no_account(request.subject);
  if (!co_await context.control.ignore(*id)) co_return no_account(request.subject);
  co_return changed(*id, "ignored");
}

boost::asio::awaitable<AdminReply> account_allow(const AdminContext& context,
                                                 const Request& request, Stream&) {
  const Parameters none(request.target.query, {});
  // What is allowed again has left only the hash of its id, so a handle cannot lead to it.
  if (!network_of_id(request.subject)) {
    co_return problem(404, "nothing to lift: an account is allowed again by its id");
  }
  const AccountId id(request.subject);
  if (!co_await context.control.allow(id)) {
    co_return problem(404, "nothing to lift for " + request.subject);
  }
  co_return changed(id, "allowed");
}

boost::asio::awaitable<AdminReply> posts(const AdminContext& context, const Request& request,
                                         Stream&) {
  const Parameters parameters(request.target.query, {"tag", "account", "limit", "cursor"});
  PostFilter filter;
  filter.tag = tag(context, parameters);
  filter.account = parameters.text("account").value_or("");
  co_return json_reply(Snapshot(context).query().posts(filter, parameters.page()));
}

}  // namespace tagscout::handlers
