#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>

#include "daemon/admin/handlers.h"
#include "daemon/admin/parameters.h"
#include "daemon/json_writer.h"
#include "storage/flag_store.h"

namespace tagscout::handlers {
namespace {

// Flags written to a tail at a time.
constexpr size_t tail_batch = 256;
constexpr std::string_view tail_type = "application/x-ndjson";

FlagLines lines_after(const AdminContext& context, uint64_t since) {
  const auto reader = context.database.snapshot();
  const KeyHasher hasher(context.database.secret());
  const Query query(*reader, hasher, context.query, context.clock.now());
  return query.flag_lines(since, tail_batch);
}

std::string heartbeat(Time now) {
  JsonWriter json;
  json.begin_object().key("heartbeat").text(format_time(now)).end_object();
  return json.take() + "\n";
}

// Writes what is stored after `seen`, until there is nothing more. Returns the last id that is
// behind it.
boost::asio::awaitable<uint64_t> catch_up(const AdminContext& context, Stream& stream,
                                          uint64_t seen) {
  for (;;) {
    // Asked before the store: ids up to here are committed, so a gap below it is one for good.
    const uint64_t announced = context.flag_bus.last();
    FlagLines lines = lines_after(context, seen);
    const bool is_end = lines.seen == seen;
    seen = is_end ? std::max(seen, announced) : lines.seen;
    if (!lines.text.empty()) co_await stream.write(std::string(tail_type), std::move(lines.text));
    if (is_end) co_return seen;
  }
}

// Returns when there may be new flags or `patience` has passed; true if the peer has left instead.
boost::asio::awaitable<bool> peer_left_while_waiting(FlagBus& bus, Stream& stream, uint64_t seen,
                                                     Duration patience) {
  using boost::asio::experimental::awaitable_operators::operator||;
  boost::asio::awaitable<uint64_t> flags = bus.wait_beyond(seen, patience);
  boost::asio::awaitable<void> closed = stream.closed();
  try {
    const auto first = co_await (std::move(flags) || std::move(closed));
    co_return first.index() == 1;
  } catch (const boost::asio::multiple_exceptions& both) {
    // A cancellation ends both waits: to who waits it is one.
    std::rethrow_exception(both.first_exception());
  }
}

}  // namespace

boost::asio::awaitable<AdminReply> flags(const AdminContext& context, const Request& request,
                                         Stream&) {
  const Parameters parameters(request.target.query, {"since", "limit", "cursor", "band", "kind"});
  FlagFilter filter;
  filter.since = parameters.number("since").value_or(0);
  filter.band = parameters.band();
  filter.kind = parameters.kind();
  const PageRequest page = parameters.page();
  const auto reader = context.database.snapshot();
  const KeyHasher hasher(context.database.secret());
  const Query query(*reader, hasher, context.query, context.clock.now());
  co_return json_reply(query.flags(filter, page));
}

boost::asio::awaitable<AdminReply> flags_tail(const AdminContext& context, const Request& request,
                                              Stream& stream) {
  const Parameters parameters(request.target.query, {"since"});
  const std::optional<uint64_t> since = parameters.number("since");
  const uint64_t next = tagscout::flags::next_id(context.database);
  if (since && *since != 0 && *since >= next) {
    co_return problem(409, "since: the next id is " + std::to_string(next));
  }
  if (request.head_only()) co_return AdminReply(200, std::string(tail_type), {});

  uint64_t seen = since.value_or(next - 1);
  Duration beat_at = context.clock.steady() + context.heartbeat;
  // The header goes out at once: a client learns that it is connected before anything happens.
  co_await stream.write(std::string(tail_type), std::string());
  for (;;) {
    seen = co_await catch_up(context, stream, seen);
    const Duration patience = beat_at - context.clock.steady();
    if (patience > Duration::zero()) {
      if (co_await peer_left_while_waiting(context.flag_bus, stream, seen, patience)) break;
      continue;
    }
    co_await stream.write(std::string(tail_type), heartbeat(context.clock.now()));
    beat_at = context.clock.steady() + context.heartbeat;
  }
  co_return AdminReply(200, std::string(tail_type), {});
}

}  // namespace tagscout::handlers
