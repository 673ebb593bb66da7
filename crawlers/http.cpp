#include "crawlers/http.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>

#include "crawlers/connection_pool.h"
#include "crawlers/connector.h"
#include "crawlers/deadline.h"
#include "crawlers/http_status.h"
#include "crawlers/inflate.h"
#include "crawlers/resolver.h"
#include "crawlers/stage.h"
#include "crawlers/turns.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Message = http::request<http::empty_body>;
using Parser = http::response_parser<http::string_body>;

constexpr int informational_max = 8;  // answers of 1xx in front of the real one

// One request on one connection.
struct Exchange {
  Exchange(Connection& connection_in, Message message_in)
      : connection(connection_in), message(std::move(message_in)) {}

  // The server has sent nothing of an answer.
  bool untouched() const { return buffer.size() == 0 && (!parser || !parser->got_some()); }
  // The connection is fit for the next request.
  bool reusable() const { return parser->is_done() && parser->keep_alive() && buffer.size() == 0; }

  Connection& connection;
  Message message;
  boost::beast::flat_buffer buffer;
  std::optional<Parser> parser;
};

Message make_message(const Url& url, const HttpRequest& request, const std::string& user_agent) {
  constexpr unsigned http_1_1 = 11;
  Message message(http::verb::get, url.target, http_1_1);
  const std::string origin = url.origin();
  message.set(http::field::host, origin.substr(origin.find("://") + 3));
  message.set(http::field::user_agent, user_agent);
  message.set(http::field::accept, request.accept);
  message.set(http::field::accept_encoding, "gzip");
  if (!request.token.empty()) message.set(http::field::authorization, "Bearer " + request.token);
  if (!request.etag.empty()) message.set(http::field::if_none_match, request.etag);
  if (!request.modified.empty()) message.set(http::field::if_modified_since, request.modified);
  return message;
}

asio::awaitable<error_code> send_and_read_head(Exchange& exchange, const HttpLimits& limits) {
  error_code ec;
  co_await http::async_write(exchange.connection, exchange.message,
                             asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return ec;
  for (int i = 0; i <= informational_max; ++i) {
    exchange.parser.emplace();
    exchange.parser->header_limit(static_cast<uint32_t>(limits.header_bytes_max));
    exchange.parser->body_limit(limits.body_bytes_max);
    co_await http::async_read_header(exchange.connection, exchange.buffer, *exchange.parser,
                                     asio::redirect_error(asio::use_awaitable, ec));
    const bool informational = exchange.parser->get().result_int() / 100 == 1 &&
                               exchange.parser->get().result() != http::status::switching_protocols;
    if (ec || !informational) co_return ec;
  }
  co_return http::error::bad_status;
}

Error failure(const Url& url, error_code ec, const HttpLimits& limits) {
  const std::string where = url_for_log(url.text()) + ": ";
  if (ec == http::error::body_limit) {
    return Error(ErrorKind::protocol, where + "the body is larger than " +
                                          std::to_string(limits.body_bytes_max) + " bytes");
  }
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
    return Error(ErrorKind::protocol, where + "the headers are larger than " +
                                          std::to_string(limits.header_bytes_max) + " bytes");
  }
  if (ec == asio::ssl::error::stream_truncated) {
    return Error(ErrorKind::transient,
                 where + "cut off: TLS ended without a goodbye, so the answer may not be whole");
  }
  const bool cut_off = ec == http::error::end_of_stream || ec == http::error::partial_message;
  if (cut_off) return Error(ErrorKind::transient, where + "cut off before the end of the answer");
  const bool not_http = ec.category() == make_error_code(http::error::bad_status).category();
  if (not_http) return Error(ErrorKind::protocol, where + "not HTTP: " + ec.message());
  return Error(ErrorKind::transient, where + ec.message());
}

Result<HttpResponse> make_response(const Url& url, Parser& parser, size_t body_bytes_max) {
  auto& message = parser.get();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  response.url = url.text();
  for (const auto& field : message) {
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  response.body = std::move(message.body());
  const std::string_view encoding = response.header("Content-Encoding");
  if (response.body.empty() || encoding.empty() || encoding == "identity") return response;
  if (encoding != "gzip" && encoding != "x-gzip") {
    return answer_error(ErrorKind::protocol,
                        url_for_log(response.url) + ": encoded as it was not asked for", response);
  }
  Result<std::string> plain = gunzip(response.body, body_bytes_max);
  if (!plain) {
    return Error(plain.error().kind, url_for_log(response.url) + ": " + plain.error().detail);
  }
  response.body = std::move(*plain);
  return response;
}

class BeastHttp final : public Http {
 public:
  BeastHttp(asio::any_io_executor executor, HttpOptions options, Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        resolver_(executor, clock),
        connector_(std::move(executor), connector_options(options_), resolver_, clock),
        turns_(options_.limits.connections_max) {}

  asio::awaitable<Result<HttpResponse>> get(HttpRequest request) override {
    const Turn turn = co_await turns_.take();
    const std::string where = url_for_log(request.url);
    auto answer = co_await within(options_.limits.total, ask(std::move(request)));
    if (!answer) co_return Error(ErrorKind::transient, where + ": no whole answer in time");
    co_return std::move(*answer);
  }

 private:
  static ConnectorOptions connector_options(const HttpOptions& options) {
    return {.ca_file = options.ca_file,
            .allow_private = options.allow_private,
            .proxy = options.proxy,
            .resolve = options.limits.resolve,
            .connect = options.limits.connect,
            .handshake = options.limits.handshake};
  }

  // Asks once; on a kept connection that turns out to be closed, once more on a fresh one.
  asio::awaitable<Result<HttpResponse>> ask(HttpRequest request) {
    const auto url = parse_url(request.url);
    if (!url || (url->scheme != "https" && url->scheme != "http")) {
      co_return Error(ErrorKind::bad_request,
                      url_for_log(request.url) + " is no http or https URL");
    }
    HttpTimings unwanted;
    HttpTimings& timings = request.timings == nullptr ? unwanted : *request.timings;
    auto kept = request.timings == nullptr ? pool_.take(url->origin(), clock_.steady()) : nullptr;
    if (kept) {
      Exchange exchange(*kept, make_message(*url, request, options_.user_agent));
      bool stale = false;
      Result<HttpResponse> response = co_await perform(exchange, *url, timings, stale);
      if (response && exchange.reusable()) keep(url->origin(), std::move(kept));
      if (!stale) co_return response;
    }
    pool_.shrink(options_.limits.connections_max - turns_.taken());
    Result<std::unique_ptr<Connection>> fresh = co_await connector_.open(*url, timings);
    if (!fresh) co_return fresh.error();
    Exchange exchange(**fresh, make_message(*url, request, options_.user_agent));
    bool stale = false;
    Result<HttpResponse> response = co_await perform(exchange, *url, timings, stale);
    if (response && exchange.reusable()) keep(url->origin(), std::move(*fresh));
    co_return response;
  }

  // `stale` says that the connection was closed before the first byte of an answer.
  asio::awaitable<Result<HttpResponse>> perform(Exchange& exchange, const Url& url,
                                                HttpTimings& timings, bool& stale) {
    const HttpLimits& limits = options_.limits;
    Stage request(clock_, timings, "request", timings.first_byte);
    const auto head = co_await within(limits.first_byte, send_and_read_head(exchange, limits));
    if (!head) {
      co_return Error(ErrorKind::transient, url_for_log(url.text()) + ": no answer in time");
    }
    stale = *head && exchange.untouched();
    if (*head) co_return failure(url, *head, limits);
    request.done();
    Stage body(clock_, timings, "body", timings.body);
    error_code ec;
    co_await http::async_read(exchange.connection, exchange.buffer, *exchange.parser,
                              asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    if (ec) co_return failure(url, ec, limits);
    body.done();
    co_return make_response(url, *exchange.parser, limits.body_bytes_max);
  }

  void keep(std::string origin, std::unique_ptr<Connection> connection) {
    pool_.put(std::move(origin), std::move(connection), clock_.steady() + options_.limits.idle);
    pool_.shrink(options_.limits.connections_max - turns_.taken() + 1);
  }

  HttpOptions options_;
  Clock& clock_;
  Resolver resolver_;
  Connector connector_;
  ConnectionPool pool_;
  Turns turns_;
};

}  // namespace

std::unique_ptr<Http> make_http(asio::any_io_executor executor, HttpOptions options, Clock& clock) {
  return std::make_unique<BeastHttp>(std::move(executor), std::move(options), clock);
}

}  // namespace tagscout
