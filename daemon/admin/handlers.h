// What answers the requests of the admin API, one function per route.
#pragma once

#include <functional>
#include <string_view>

#include "crawlers/clock.h"
#include "daemon/admin/control.h"
#include "daemon/admin/message.h"
#include "daemon/pipeline/flag_bus.h"
#include "daemon/query.h"
#include "storage/database.h"

namespace tagscout {

// What the handlers work with; all of it outlives them.
struct AdminContext {
  const Database& database;
  Control& control;
  FlagBus& flag_bus;
  Clock& clock;
  const QueryOptions& query;
  // The keys of a tag as somebody typed it; both empty if it is none.
  std::function<TagFilter(std::string_view tag)> tag_keys;
  Duration heartbeat = std::chrono::seconds(15);  // of tails
};

// Each throws BadQuery for bad parameters, DatabaseError, or operation_aborted.
using Handler = boost::asio::awaitable<AdminReply> (*)(const AdminContext& context,
                                                       const Request& request, Stream& stream);

namespace handlers {

boost::asio::awaitable<AdminReply> status(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> health(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> ready(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> metrics(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> sources(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> source_test(const AdminContext&, const Request&, Stream&);

boost::asio::awaitable<AdminReply> accounts(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> account(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> account_ignore(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> account_allow(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> posts(const AdminContext&, const Request&, Stream&);

boost::asio::awaitable<AdminReply> tags(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> tag(const AdminContext&, const Request&, Stream&);

boost::asio::awaitable<AdminReply> flags(const AdminContext&, const Request&, Stream&);
boost::asio::awaitable<AdminReply> flags_tail(const AdminContext&, const Request&, Stream&);

}  // namespace handlers
}  // namespace tagscout
