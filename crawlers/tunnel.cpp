#include "crawlers/tunnel.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <string>
#include <string_view>

#include "crawlers/address.h"

namespace tagscout {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr size_t head_bytes_max = 8192;
constexpr std::string_view head_end = "\r\n\r\n";

std::string request(const Proxy& proxy, const Url& target) {
  const bool v6 = target.host.find(':') != std::string::npos;
  const std::string place =
      (v6 ? '[' + target.host + ']' : target.host) + ':' + std::to_string(target.port);
  std::string text = "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n";
  if (!proxy.authorization.empty()) {
    text += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  }
  return text + "\r\n";
}

// The status of "HTTP/1.x NNN …"; 0 if it is none.
int status_of(std::string_view head) {
  constexpr size_t number_at = 9;
  if (!head.starts_with("HTTP/1.") || head.size() < number_at + 3 || head[8] != ' ') return 0;
  int status = 0;
  std::from_chars(head.data() + number_at, head.data() + number_at + 3, status);
  return status;
}

bool all_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// Old spellings of IPv4 addresses: "127.1", "2130706433", "0x7f.1".
bool like_an_address(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty()) return true;
  if (last.starts_with("0x")) return all_of(last.substr(2), "0123456789abcdef");
  return all_of(last, "0123456789");
}

}  // namespace

asio::awaitable<Result<void>> open_tunnel(Connection& connection, const Proxy& proxy,
                                          const Url& target) {
  const std::string where = "the proxy " + proxy.host + ':' + std::to_string(proxy.port);
  const std::string question = request(proxy, target);
  std::string head;
  auto buffer = asio::dynamic_buffer(head, head_bytes_max);
  error_code ec;
  co_await asio::async_write(connection.socket(), asio::buffer(question),
                             asio::redirect_error(asio::use_awaitable, ec));
  if (!ec) {
    co_await asio::async_read_until(connection.socket(), buffer, head_end,
                                    asio::redirect_error(asio::use_awaitable, ec));
  }
  if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
  if (ec) {
    co_return Error(ErrorKind::transient,
                    where + " opened no way to " + target.origin() + ": " + ec.message());
  }
  const int status = status_of(head);
  // TLS lets the client speak first: anything more would come from the proxy itself.
  const bool only_head = head.ends_with(head_end) && head.find(head_end) == head.size() - 4;
  if (status / 100 == 2 && only_head) co_return Result<void>();
  const std::string why = status / 100 == 2 ? "with more than it was asked for"
                          : status == 0     ? "with something that is not HTTP"
                                            : std::to_string(status);
  co_return Error(ErrorKind::transient,
                  where + " opened no way to " + target.origin() + ": it answered " + why);
}

bool may_tunnel_to(const std::string& host) {
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (!ec) return is_public(address);
  return !like_an_address(host) && host != "localhost" && !host.ends_with(".localhost");
}

}  // namespace tagscout
