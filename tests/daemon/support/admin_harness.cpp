#include "tests/daemon/support/admin_harness.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <charconv>
#include <chrono>
#include <cstring>

#include "storage/flag_store.h"

namespace tagscout {
namespace {

constexpr auto patience = std::chrono::seconds(5);

// Stands in for the tag keys: lower case, and é folds to e.
TagFilter sample_tag_keys(std::string_view tag) {
  TagFilter keys;
  for (const char c : tag) keys.exact += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (keys.exact.starts_with('#')) keys.exact.erase(0, 1);
  keys.folded = keys.exact;
  const size_t accent = keys.folded.find("é");
  if (accent != std::string::npos) keys.folded.replace(accent, 2, "e");
  return keys;
}

}  // namespace

FakeControl::FakeControl() {
  shown.uptime = std::chrono::seconds(90);
  shown.healthy = true;
  shown.ready = true;
  shown.accounts = 2;
  shown.posts = 3;
  shown.flags = 1;
  shown.unread_accounts = 1;
  shown.hosts = {.known = 5, .at_work = 1, .failing = 2, .refusing = 1};
  shown.store_bytes = 4096;
  shown.disk_free_bytes = 1 << 30;
  shown.totals = {.posts = 9, .posts_new = 3, .readings = 4, .flags = 1, .dropped = 2};
  SourceStatus source;
  source.name = "garden";
  source.type = "mastodon";
  source.state = "running";
  source.last_success_at = sample_now() - std::chrono::seconds(30);
  source.posts_total = 7;
  source.lag_s = 1.5;
  source.rate_limit_remaining = 299;
  source.urls = {"https://garden.example"};
  source.niches = {"mending"};
  source.poll = std::chrono::minutes(2);
  HostReport host;
  host.host = "https://garden.example";
  host.budget = {300, 299, sample_now() + std::chrono::minutes(5)};
  host.gap = std::chrono::seconds(3);
  host.local = {{"general", 300, std::chrono::minutes(5), 12},
                {"paging", 300, std::chrono::minutes(15), 34}};
  host.robots = "read";
  host.robots_until = sample_now() + std::chrono::hours(24);
  host.last_refusal = "https://garden.example/api/v1/timelines/tag/x answered 429";
  host.last_refusal_at = sample_now() - std::chrono::hours(2);
  source.hosts = {host};
  shown.sources = {source};
  HostTest asked;
  asked.host = host.host;
  asked.name = std::chrono::microseconds(1500);
  asked.connect = std::chrono::milliseconds(20);
  asked.tls = std::chrono::milliseconds(40);
  asked.first_byte = std::chrono::milliseconds(60);
  asked.status = 200;
  tested.hosts = {asked};
  tested.page = std::chrono::milliseconds(250);
  tested.page_events = 40;
}

boost::asio::awaitable<std::optional<SourceTest>> FakeControl::test(std::string source) {
  if (fails) throw std::runtime_error("the disk is gone");
  co_return source == "garden" ? std::optional(tested) : std::nullopt;
}

boost::asio::awaitable<bool> FakeControl::ignore(AccountId id) {
  if (fails) throw std::runtime_error("the disk is gone");
  ignored.push_back(id.text());
  co_return knows;
}

boost::asio::awaitable<bool> FakeControl::allow(AccountId id) {
  if (fails) throw std::runtime_error("the disk is gone");
  allowed.push_back(id.text());
  co_return knows;
}

AdminHarness::AdminHarness(AdminOptions options) {
  query.bands = sample_bands();
  options.runtime_dir = runtime_dir();
  options.on_change = [this](const Change& change) { changes.push_back(change); };
  options.on_error = [this](const std::string& what) { errors.push_back(what); };
  server_ = std::make_unique<AdminServer>(
      AdminContext{store.database(), control, flag_bus, clock, query, sample_tag_keys},
      std::move(options));
  server_->open();
  const auto stopped = [this](const std::exception_ptr& thrown) {
    is_stopped = true;
    end = thrown;
  };
  boost::asio::co_spawn(context, server_->run(),
                        boost::asio::bind_cancellation_slot(cancel_.slot(), stopped));
  pump();
}

AdminHarness::~AdminHarness() { stop(); }

void AdminHarness::pump() {
  // What the other ends have done is visible at once: everything that follows from it runs first,
  // however slow the machine.
  do {
    context.restart();
  } while (context.poll() > 0);
  context.restart();
  context.run_for(std::chrono::milliseconds(1));
}

void AdminHarness::stop() {
  if (is_stopped) return;
  cancel_.emit(boost::asio::cancellation_type::terminal);
  const auto limit = std::chrono::steady_clock::now() + patience;
  while (!is_stopped && std::chrono::steady_clock::now() < limit) pump();
}

uint64_t AdminHarness::publish(const Flag& flag) {
  const uint64_t id = store.put(flag);
  flag_bus.publish(id);
  return id;
}

TestClient::TestClient(AdminHarness& harness, const std::string& path)
    : harness_(harness), descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error(path + ": " + std::strerror(errno));
  }
}

TestClient::~TestClient() { close(descriptor_); }

void TestClient::send(const std::string& bytes) const {
  std::string_view left = bytes;
  while (!left.empty()) {
    const ssize_t sent = ::send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return;  // hung up on: the answer says why
    left.remove_prefix(sent < 0 ? 0 : static_cast<size_t>(sent));
    harness_.pump();
  }
}

void TestClient::close_sending() const { shutdown(descriptor_, SHUT_WR); }

bool TestClient::read_some() {
  char buffer[4096];
  const ssize_t size = recv(descriptor_, buffer, sizeof buffer, 0);
  if (size > 0) received_.append(buffer, static_cast<size_t>(size));
  if (size == 0 || (size < 0 && errno != EAGAIN)) is_closed_ = true;
  return size > 0;
}

const std::string& TestClient::receive_until(const std::string& text) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!is_closed_ && std::chrono::steady_clock::now() < end) {
    if (!text.empty() && received_.find(text) != std::string::npos) break;
    if (!read_some()) harness_.pump();
  }
  return received_;
}

std::string TestClient::receive_answer() {
  constexpr std::string_view field = "Content-Length: ";
  receive_until("\r\n\r\n");
  const size_t header = received_.find("\r\n\r\n");
  const size_t at = received_.find(field);
  if (header == std::string::npos || at == std::string::npos) return received_;
  const size_t size = std::stoul(received_.substr(at + field.size()));
  const auto end = std::chrono::steady_clock::now() + patience;
  while (received_.size() < header + 4 + size && std::chrono::steady_clock::now() < end) {
    if (!read_some()) harness_.pump();
  }
  std::string answer = received_.substr(0, header + 4 + size);
  received_.erase(0, answer.size());
  return answer;
}

PlainAnswer ask(AdminHarness& harness, const std::string& path, const std::string& method,
                const std::string& target) {
  TestClient client(harness, path);
  client.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string& text = client.receive_all();
  const size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos || text.size() < 12) return {};
  return {.status = std::stoi(text.substr(9, 3)),
          .header = text.substr(0, end + 2),
          .body = text.substr(end + 4)};
}

PlainAnswer get(AdminHarness& harness, const std::string& target) {
  return ask(harness, harness.read_socket(), "GET", target);
}

}  // namespace tagscout
