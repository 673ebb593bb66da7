// The BatchSink of a single process: applies batches to ingest at once and commits windows in the
// background; after a failed commit throws ingest away and makes it anew from the store.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "crawlers/clock.h"
#include "crawlers/wait_list.h"
#include "daemon/pipeline/batch_sink.h"
#include "daemon/pipeline/ingest.h"

namespace tagscout {

// Hears what became of windows.
class WindowListener {
 public:
  virtual ~WindowListener() = default;
  virtual void committed(const WindowEffects& effects, Duration took) = 0;
  // The store refused a window. Every source must start again from what is stored.
  virtual void failed(const std::string& why) = 0;
  // The store takes windows again.
  virtual void recovered() = 0;
};

class WindowSink final : public BatchSink {
 public:
  // All of them outlive it. Throws DatabaseError if the store cannot be read.
  WindowSink(Database& database, const IngestOptions& options, Clock& clock,
             WindowListener& listener);

  uint64_t accept(const Batch& batch) override;
  boost::asio::awaitable<void> durable(uint64_t window) override;

  // Commits windows until cancelled.
  boost::asio::awaitable<void> run();

  // Writes what is left, for a stop in good order. Throws DatabaseError.
  void finish();

  // As Ingest does; the answer comes once it is on disk. Throw DatabaseError.
  boost::asio::awaitable<bool> ignore(AccountId id);
  boost::asio::awaitable<bool> allow(AccountId id);

  bool writable() const { return ingest_ != nullptr; }

 private:
  // Lets ingest change the open window; false if it says that nothing changed.
  bool change(const std::function<bool(Ingest&)>& step);
  void commit();
  void fail(uint64_t window, const std::string& why);
  boost::asio::awaitable<void> recover();
  // Throws DatabaseError unless the store can be written.
  Ingest& ingest();

  Database& database_;
  const IngestOptions& options_;
  Clock& clock_;
  WindowListener& listener_;
  std::unique_ptr<Ingest> ingest_;
  std::string failure_;
  bool touched_ = false;      // somebody waits for the open window, or may
  uint64_t open_window_ = 1;  // number of the window that batches go into
  std::set<uint64_t> lost_windows_;
  uint64_t durable_window_ = 0;  // the last one on disk
  WaitList filled_;
  WaitList settled_;
};

}  // namespace tagscout
