// The admin server over a sample store, with a daemon that only pretends, all on one thread.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/admin/server.h"
#include "tests/daemon/support/sample_store.h"
#include "tests/support/fake_clock.h"

namespace tagscout {

class FakeControl final : public Control {
 public:
  FakeControl();
  DaemonStatus status() const override { return shown; }
  std::vector<WatchedTag> watched_tags() const override { return watched; }
  std::string metrics() const override { return exposition; }
  boost::asio::awaitable<std::optional<SourceTest>> test(std::string source) override;
  boost::asio::awaitable<bool> ignore(AccountId id) override;
  boost::asio::awaitable<bool> allow(AccountId id) override;

  DaemonStatus shown;  // a healthy daemon with one source
  SourceTest tested;   // what test() answers for that source
  std::string exposition = "tagscout_posts_total{source=\"garden\"} 7\n";
  std::vector<WatchedTag> watched = {{"mending", "mending", {"repair"}}};
  std::vector<std::string> ignored;  // ids
  std::vector<std::string> allowed;  // ids
  bool knows = true;                 // what ignore() and allow() answer
  bool fails = false;                // they throw instead
};

class AdminHarness final {
 public:
  // Starts the server. `options` are its limits; the directory is the harness's own.
  explicit AdminHarness(AdminOptions options = {});
  ~AdminHarness();
  AdminHarness(const AdminHarness&) = delete;
  AdminHarness& operator=(const AdminHarness&) = delete;

  std::string admin_socket() const { return runtime_dir() + "/admin.sock"; }
  std::string read_socket() const { return runtime_dir() + "/ro.sock"; }
  std::string runtime_dir() const { return store.directory() + "/run"; }

  // Runs what is ready and what follows from it, then waits a moment for more.
  void pump();
  // Lets time pass for the server.
  void advance(Duration duration) { clock.advance(context, duration); }
  // Cancels the server and waits for its end.
  void stop();

  // Stores a flag and tells of it.
  uint64_t publish(const Flag& flag);

  SampleStore store;
  boost::asio::io_context context;
  FakeClock clock;
  FakeControl control;
  FlagBus flag_bus{clock, 0};
  QueryOptions query;
  std::vector<Change> changes;
  std::vector<std::string> errors;
  bool is_stopped = false;
  std::exception_ptr end;  // what run() threw

 private:
  boost::asio::cancellation_signal cancel_;
  std::unique_ptr<AdminServer> server_;
};

// The other end of one connection. Waits at most five seconds for anything.
class TestClient final {
 public:
  TestClient(AdminHarness& harness, const std::string& path);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void send(const std::string& bytes) const;
  void close_sending() const;
  // What has arrived once it contains `text`, or the connection has ended, or time is up.
  const std::string& receive_until(const std::string& text);
  // Everything up to the end of the connection.
  const std::string& receive_all() { return receive_until({}); }
  // One whole answer (with Content-Length), taken off what has arrived.
  std::string receive_answer();
  const std::string& received() const { return received_; }
  bool is_closed() const { return is_closed_; }

 private:
  bool read_some();
  AdminHarness& harness_;
  int descriptor_;
  std::string received_;
  bool is_closed_ = false;
};

struct PlainAnswer {
  int status = 0;
  std::string header;
  std::string body;
};

// One request on a connection of its own.
PlainAnswer ask(AdminHarness& harness, const std::string& path, const std::string& method,
                const std::string& target);
PlainAnswer get(AdminHarness& harness, const std::string& target);

}  // namespace tagscout
