#include "crawlers/connector.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "crawlers/deadline.h"
#include "crawlers/stage.h"
#include "crawlers/tls_context.h"
#include "crawlers/tunnel.h"

namespace tagscout {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t addresses_max = 8;

asio::awaitable<error_code> connect_to(tcp::socket& socket, tcp::endpoint endpoint) {
  error_code ec;
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, ec));
  co_return ec;
}

asio::awaitable<error_code> shake_hands(Connection::Tls& stream) {
  error_code ec;
  co_await stream.async_handshake(asio::ssl::stream_base::client,
                                  asio::redirect_error(asio::use_awaitable, ec));
  co_return ec;
}

}  // namespace

Connector::Connector(asio::any_io_executor executor, ConnectorOptions options, Resolver& resolver,
                     const Clock& clock)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      resolver_(resolver),
      clock_(clock),
      context_(make_tls_context(options_.ca_file)),
      sessions_(context_, clock) {}

asio::awaitable<Result<std::unique_ptr<Connection>>> Connector::open(Url url) {
  HttpTimings timings;
  co_return co_await open(std::move(url), timings);
}

asio::awaitable<Result<std::unique_ptr<Connection>>> Connector::open(Url url,
                                                                     HttpTimings& timings) {
  Stage naming(clock_, timings, "name", timings.name);
  const Result<Way> way = co_await find(url);
  if (!way) co_return way.error();
  naming.done();
  Stage connecting(clock_, timings, "connect", timings.connect);
  auto connection = std::make_unique<Connection>(executor_, context_, url.secure());
  const Result<void> connected = co_await connect(*connection, url, *way);
  if (!connected) co_return connected.error();
  connecting.done();
  if (url.secure()) {
    Stage securing(clock_, timings, "tls", timings.tls);
    const Result<void> secured = co_await secure(*connection, url);
    if (!secured) co_return secured.error();
    securing.done();
  }
  co_return connection;
}

asio::awaitable<Result<Connector::Way>> Connector::find(const Url& url) {
  const bool allowed = options_.allow_private.contains(url.host, url.port);
  if (!url.secure() && !allowed) {
    co_return Error(ErrorKind::forbidden,
                    url.origin() + " is not encrypted, and not in http.allow_private");
  }
  Way way;
  way.proxy = url.secure() ? options_.proxy.find(url.host) : nullptr;
  way.port = way.proxy == nullptr ? url.port : way.proxy->port;
  if (way.proxy != nullptr && !allowed && !may_tunnel_to(url.host)) {
    co_return Error(ErrorKind::forbidden, url.origin() + " is an address that may not be reached");
  }
  const std::string name = way.proxy == nullptr ? url.host : way.proxy->host;
  Result<Addresses> found = co_await resolver_.resolve(name, options_.resolve);
  if (!found) co_return found.error();
  way.addresses = std::move(*found);
  if (allowed || way.proxy != nullptr) co_return way;
  const std::string first = way.addresses.front().to_string();
  std::erase_if(way.addresses, [](const auto& address) { return !is_public(address); });
  if (way.addresses.empty()) {
    co_return Error(ErrorKind::forbidden,
                    url.origin() + " is at " + first + ", an address that may not be reached");
  }
  co_return way;
}

asio::awaitable<Result<void>> Connector::connect(Connection& connection, const Url& url,
                                                 const Way& way) {
  std::string why;
  for (const asio::ip::address& address : interleaved(way.addresses)) {
    const tcp::endpoint endpoint(address, way.port);
    const auto ec = co_await within(options_.connect, connect_to(connection.socket(), endpoint));
    if (ec && !*ec) {
      error_code ignored;
      connection.socket().set_option(tcp::no_delay(true), ignored);
      if (way.proxy == nullptr) co_return Result<void>();
      const auto opened =
          co_await within(options_.connect, open_tunnel(connection, *way.proxy, url));
      if (opened) co_return *opened;
      co_return Error(ErrorKind::transient, "the proxy " + way.proxy->host + " opened no way to " +
                                                url.origin() + " in time");
    }
    why += (why.empty() ? "" : ", ") + address.to_string() + ": " +
           (ec ? ec->message() : "connecting timed out");
    connection.close();
  }
  const std::string via = way.proxy == nullptr ? "" : " by the proxy " + way.proxy->host;
  co_return Error(ErrorKind::transient, "cannot reach " + url.origin() + via + " (" + why + ")");
}

asio::awaitable<Result<void>> Connector::secure(Connection& connection, const Url& url) {
  Connection::Tls& stream = connection.next_layer();
  expect_host(stream.native_handle(), url.host);
  sessions_.offer(stream.native_handle(), url.origin());
  const auto ec = co_await within(options_.handshake, shake_hands(stream));
  if (ec && !*ec) co_return Result<void>();
  const std::string why = ec ? tls_failure(stream.native_handle(), *ec) : "timed out";
  co_return Error(ErrorKind::transient, "TLS handshake with " + url.origin() + ": " + why);
}

Addresses interleaved(const Addresses& addresses) {
  Addresses first;
  Addresses second;
  for (const asio::ip::address& address : addresses) {
    (address.is_v4() == addresses.front().is_v4() ? first : second).push_back(address);
  }
  Addresses mixed;
  for (size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  mixed.resize(std::min(mixed.size(), addresses_max));
  return mixed;
}

}  // namespace tagscout
