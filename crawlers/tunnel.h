// A way through an HTTP proxy to a server.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "crawlers/connection.h"
#include "crawlers/error.h"
#include "crawlers/proxy.h"
#include "crawlers/url.h"

namespace tagscout {

// Over a connection to the proxy, asks it (CONNECT) for one to the host of `target`; what is said
// afterwards goes there. Any failure is transient: it is the proxy's, not the server's.
boost::asio::awaitable<Result<void>> open_tunnel(Connection& connection, const Proxy& proxy,
                                                 const Url& target);

// True if a proxy may be asked for this host: a name that does not stand for this machine itself,
// or a public address. What a name stands for is then the proxy's to know.
bool may_tunnel_to(const std::string& host);

}  // namespace tagscout
