#include "crawlers/resolver.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/support/fake_clock.h"
#include "tests/support/run.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr Duration patience = 5s;

asio::ip::address address(const char* text) { return asio::ip::make_address(text); }

// A gate that lookups wait at until it is destroyed.
class Gate {
 public:
  Gate() {
    if (::pipe(ends_) != 0) throw std::runtime_error("no pipe");
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { open(); }
  void open() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  // Names that begin with "dead" wait at the gate (whose reading end stays open for them).
  Resolver::Lookup lookup() const {
    return [end = ends_[0]](const std::string& name) -> Result<Addresses> {
      char byte = 0;
      if (name.starts_with("dead") && ::read(end, &byte, 1) != 0) {
        return Error(ErrorKind::transient, "the gate broke");
      }
      return Addresses(1, address("192.0.2.1"));
    };
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST(Resolver, TakesLiteralAddressesAtTheirWord) {
  asio::io_context context;
  FakeClock clock;
  Resolver resolver(context.get_executor(), clock, [](const std::string&) -> Result<Addresses> {
    return Error(ErrorKind::transient, "asked");
  });
  for (const char* const literal : {"127.0.0.1", "::1", "2001:db8::7"}) {
    const auto found = run_to_end(context, resolver.resolve(literal, patience));
    ASSERT_TRUE(found) << literal;
    EXPECT_EQ(*found, Addresses(1, address(literal)));
  }
  EXPECT_FALSE(run_to_end(context, resolver.resolve("127.1", patience)));
}

TEST(Resolver, FindsLocalhost) {
  asio::io_context context;
  FakeClock clock;
  Resolver resolver(context.get_executor(), clock);
  const auto found = run_to_end(context, resolver.resolve("localhost", patience));
  ASSERT_TRUE(found) << found.error().detail;
  for (const auto& each : *found) EXPECT_TRUE(each.is_loopback());
}

TEST(Resolver, KeepsTheOrderOfTheAddresses) {
  asio::io_context context;
  FakeClock clock;
  const Addresses several = {address("192.0.2.3"), address("2001:db8::1"), address("192.0.2.1")};
  Resolver resolver(context.get_executor(), clock,
                    [&](const std::string&) -> Result<Addresses> { return several; });
  EXPECT_EQ(*run_to_end(context, resolver.resolve("a.test", patience)), several);
}

TEST(Resolver, RemembersFoundNamesForAMinute) {
  asio::io_context context;
  FakeClock clock;
  std::atomic<int> asked = 0;
  Resolver resolver(context.get_executor(), clock, [&](const std::string&) -> Result<Addresses> {
    ++asked;
    return Addresses(1, address("192.0.2.1"));
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(run_to_end(context, resolver.resolve("a.test", patience)));
  }
  EXPECT_EQ(asked, 1);
  clock.pass(59s);
  EXPECT_TRUE(run_to_end(context, resolver.resolve("a.test", patience)));
  EXPECT_EQ(asked, 1);
  clock.pass(1s);
  EXPECT_TRUE(run_to_end(context, resolver.resolve("a.test", patience)));
  EXPECT_EQ(asked, 2);
}

TEST(Resolver, RemembersFailuresForHalfAMinute) {
  asio::io_context context;
  FakeClock clock;
  std::atomic<int> asked = 0;
  Resolver resolver(context.get_executor(), clock, [&](const std::string&) -> Result<Addresses> {
    ++asked;
    return Error(ErrorKind::transient, "nobody of that name");
  });
  for (int i = 0; i < 3; ++i) {
    const auto found = run_to_end(context, resolver.resolve("a.test", patience));
    EXPECT_EQ(found.error().kind, ErrorKind::transient);
    EXPECT_EQ(found.error().detail, "name a.test: nobody of that name");
  }
  EXPECT_EQ(asked, 1);
  clock.pass(30s);
  EXPECT_FALSE(run_to_end(context, resolver.resolve("a.test", patience)));
  EXPECT_EQ(asked, 2);
}

TEST(Resolver, DeadNamesDoNotBlockOthers) {
  Gate gate;
  asio::io_context context;
  FakeClock clock;
  Resolver resolver(context.get_executor(), clock, gate.lookup());
  int failed = 0;
  for (const char* const name : {"dead1", "dead2", "dead3", "dead4", "dead5"}) {
    asio::co_spawn(context, resolver.resolve(name, 100ms),
                   [&](const std::exception_ptr&, const Result<Addresses>& found) {
                     failed += found ? 0 : 1;
                   });
  }
  EXPECT_TRUE(run_to_end(context, resolver.resolve("alive", patience)));
  context.restart();
  while (failed < 5 && context.run_one_for(patience) > 0) {
  }
  EXPECT_EQ(failed, 5);
}

TEST(Resolver, ANameThatHangsIsAFailureToRemember) {
  Gate gate;
  asio::io_context context;
  FakeClock clock;
  Resolver resolver(context.get_executor(), clock, gate.lookup());
  const auto first = run_to_end(context, resolver.resolve("dead", 50ms));
  EXPECT_EQ(first.error().detail, "name dead: the lookup takes too long");
  // A second lookup would hang for the whole of its limit.
  const auto second = run_to_end(context, resolver.resolve("dead", 1h));
  EXPECT_EQ(second.error().detail, first.error().detail);
}

TEST(Resolver, UsesNoMoreThreadsThanAllowedAndTheseAgain) {
  Gate gate;
  asio::io_context context;
  FakeClock clock;
  Resolver resolver(context.get_executor(), clock, gate.lookup());
  for (size_t i = 0; i < Resolver::threads_max; ++i) {
    EXPECT_FALSE(run_to_end(context, resolver.resolve("dead" + std::to_string(i), 5ms)));
  }
  EXPECT_EQ(run_to_end(context, resolver.resolve("alive", patience)).error().detail,
            "name alive: no thread is left for the lookup");
  gate.open();
  Result<Addresses> found = Error(ErrorKind::transient, "");
  for (int i = 0; i < 1000 && !found; ++i) {
    found = run_to_end(context, resolver.resolve("alive", patience));
    if (!found) std::this_thread::yield();
  }
  EXPECT_TRUE(found);
}

TEST(Resolver, GoesWithoutWaitingForHangingLookups) {
  Gate gate;
  asio::io_context context;
  FakeClock clock;
  auto resolver = std::make_unique<Resolver>(context.get_executor(), clock, gate.lookup());
  EXPECT_FALSE(run_to_end(context, resolver->resolve("dead", 5ms)));
  resolver.reset();  // would hang here for as long as the gate is closed
}

TEST(Resolver, IsCancelled) {
  Gate gate;
  asio::io_context context;
  FakeClock clock;
  Resolver resolver(context.get_executor(), clock, gate.lookup());
  asio::cancellation_signal stop;
  std::exception_ptr thrown;
  asio::co_spawn(context, resolver.resolve("dead", 1h),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](std::exception_ptr error, const Result<Addresses>&) {
                       thrown = std::move(error);
                     }));
  context.poll();
  stop.emit(asio::cancellation_type::terminal);
  context.restart();
  context.run();
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::operation_aborted);
  }
}

}  // namespace
}  // namespace tagscout
