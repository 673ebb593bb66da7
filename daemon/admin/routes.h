// THE table of the admin API: which method and path is answered by what.
#pragma once

#include <span>
#include <string_view>

#include "daemon/admin/handlers.h"

namespace tagscout {

struct Route {
  std::string_view method;
  std::string_view pattern;  // {} stands for one segment
  bool mutating;             // refused on the socket for reading
  Handler handler;
  std::string_view summary;
};

// Every route there is.
std::span<const Route> routes();

// Answers one request: by its route, or with the problem it has. HEAD is answered like GET; who
// sends the reply leaves its body out. Throws only operation_aborted, and what the stream throws.
boost::asio::awaitable<AdminReply> answer(const AdminContext& context, Request request,
                                          Stream& stream);

}  // namespace tagscout
