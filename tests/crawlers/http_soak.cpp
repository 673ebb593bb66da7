// http_soak [REQUESTS]: asks servers on loopback that many times (a million unless said otherwise),
// every other time over TLS, every hundredth time for a fault, and ends with 1 if an answer is not
// what it should be, or if a descriptor or memory is left over.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawlers/http.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/tls.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr int64_t requests_default = 1'000'000;
constexpr int64_t fault_every = 100;
constexpr int64_t forget_every = 10'000;
constexpr int workers = 16;
constexpr int64_t growth_max_bytes = 24 << 20;
constexpr size_t body_bytes_max = 1 << 20;
const std::string page(2000, 'x');

// One way of not answering well; whether the answer is one all the same. Nothing where that hangs
// on how fast the machine is.
struct Fault {
  std::string target;
  Reply reply;
  std::optional<bool> good;
};

std::vector<Fault> make_faults() {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string bomb = gzip(std::string(body_bytes_max + 1, 'a'));
  const std::string broken = gzip(page).substr(0, 12) + "rubbish";
  std::vector<Fault> faults;
  const auto add = [&](const char* target, Reply reply, std::optional<bool> good) {
    faults.push_back({target, std::move(reply), good});
  };
  add("/cut-off", {.bytes = http_answer(200, page).substr(0, 500), .close = true}, false);
  add("/hung-up", {.close = true}, false);
  add("/silent", {.bytes = http_answer(200, page), .pause = 400ms}, {});
  add("/slow", {.bytes = http_answer(200, "ok"), .drip = 1ms}, {});
  add("/garbage", {.bytes = "\x16\x03\x01 not HTTP at all\r\n\r\n", .close = true}, false);
  add("/500", {.bytes = http_answer(500, "<html>")}, true);
  add("/closing", {.bytes = http_answer(200, page, {{"Connection", "close"}}), .close = true},
      true);
  add("/bomb", {.bytes = http_answer(200, bomb, {{"Content-Encoding", "gzip"}})}, false);
  add("/broken", {.bytes = http_answer(200, broken, {{"Content-Encoding", "gzip"}})}, false);
  add("/gzip", {.bytes = http_answer(200, gzip(page), {{"Content-Encoding", "gzip"}})}, true);
  add("/chunk", {.bytes = chunked + "zz\r\nrubbish\r\n", .close = true}, false);
  add("/large", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", .close = true},
      false);
  add("/headers",
      {.bytes = http_answer(200, "", {{"X", std::string(100'000, 'h')}}), .close = true}, false);
  return faults;
}

int64_t descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator());
}

int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

struct Soak {
  explicit Soak(int64_t requests_in) : requests(requests_in) {
    for (LoopbackServer* const server : servers) {
      server->answer("/", http_answer(200, page));
      for (const Fault& fault : faults) server->reply(fault.target, fault.reply);
      options.allow_private.add(server->host_port());
    }
    options.ca_file = ca_file.path();
    options.limits.first_byte = 200ms;
    options.limits.body_bytes_max = body_bytes_max;
    options.limits.idle = 5s;
    options.limits.connections_max = 12;  // fewer than workers: some wait
  }

  bool run();
  asio::awaitable<void> work(Http& http);
  asio::awaitable<void> ask(Http& http, int64_t number);

  int64_t requests;
  asio::io_context context{1};
  FakeClock clock;
  TlsAuthority authority;
  TempFile ca_file{authority.certificate()};
  LoopbackServer plain{context};
  LoopbackServer secure{context, authority.issue({})};
  std::array<LoopbackServer*, 2> servers = {&plain, &secure};
  std::vector<Fault> faults = make_faults();
  HttpOptions options;
  int64_t next = 0;
  int64_t answers = 0;
  int64_t failures = 0;
  int64_t surprises = 0;
  int64_t warm_bytes = 0;
};

asio::awaitable<void> Soak::ask(Http& http, int64_t number) {
  // Each fault is met with TLS and without.
  const int64_t round = number / fault_every;
  const bool faulty = number % fault_every == fault_every - 1;
  const Fault* const fault =
      faulty ? &faults[static_cast<size_t>(round / 2) % faults.size()] : nullptr;
  LoopbackServer& server = *servers[static_cast<size_t>(faulty ? round % 2 : number % 2)];
  HttpRequest request(server.origin() + (fault == nullptr ? "/" : fault->target));
  const Result<HttpResponse> response = co_await http.get(std::move(request));
  ++(response ? answers : failures);
  const bool wanted = fault == nullptr || fault->good.value_or(response.has_value());
  const bool whole = fault != nullptr || (response && response->body == page);
  if (response.has_value() == wanted && whole) co_return;
  if (++surprises > 10) co_return;
  std::cout << "request " << number << " for " << (fault == nullptr ? "/" : fault->target) << ": "
            << (response ? std::to_string(response->status) : response.error().detail) << '\n';
}

asio::awaitable<void> Soak::work(Http& http) {
  while (next < requests) {
    const int64_t number = next++;
    if (number == requests / 10) warm_bytes = resident_bytes();
    if (number % forget_every == 0) {
      for (LoopbackServer* const server : servers) server->forget_requests();
    }
    clock.pass(1ms);
    co_await ask(http, number);
  }
}

bool Soak::run() {
  const int64_t descriptors_before = descriptors();
  const auto begun = std::chrono::steady_clock::now();
  auto http = make_http(context.get_executor(), options, clock);
  int working = workers;
  for (int i = 0; i < workers; ++i) {
    asio::co_spawn(context, work(*http), [&](const std::exception_ptr& error) {
      if (error) ++surprises;
      --working;
    });
  }
  while (working > 0) context.run_one();
  const int64_t growth = resident_bytes() - warm_bytes;
  const int64_t descriptors_busy = descriptors();
  http.reset();
  // The servers find out that everybody has hung up.
  const auto patience = std::chrono::steady_clock::now() + 10s;
  while (descriptors() > descriptors_before && std::chrono::steady_clock::now() < patience) {
    context.run_for(10ms);
  }
  const int64_t left = descriptors() - descriptors_before;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::cout << requests << " requests in " << seconds << " s: " << answers << " answers, "
            << failures << " failures, " << surprises << " surprises\n"
            << "connections: " << plain.connections() << " plain, " << secure.connections()
            << " TLS, of these " << secure.resumed() << " resumed\n"
            << "descriptors: " << descriptors_before << " before, " << descriptors_busy
            << " at the end, " << left << " left over\n"
            << "memory: " << warm_bytes / 1024 << " KiB resident after a tenth, grown by "
            << growth / 1024 << " KiB since\n";
  return surprises == 0 && answers + failures == requests && left == 0 &&
         growth <= growth_max_bytes;
}

}  // namespace
}  // namespace tagscout

int main(int argc, char** argv) {
  const int64_t requests = argc > 1 ? std::atoll(argv[1]) : tagscout::requests_default;
  tagscout::Soak soak(std::max<int64_t>(requests, 100));
  return soak.run() ? 0 : 1;
}
