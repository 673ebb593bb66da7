// Listens to Bluesky through a Jetstream (v1 wire).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/sources/bluesky_frame.h"
#include "crawlers/sources/bluesky_stream.h"

namespace tagscout {

// One next() is what arrived since the last one, or nothing after a second of silence. Its only
// feed is "jetstream"; the cursor is the time_us up to which everything has been handed over.
class BlueskySource final : public Source {
 public:
  BlueskySource(SourceSetup setup, SourceTools tools);

  boost::asio::awaitable<Result<Batch>> next() override;
  std::string connected_to() const override;

 private:
  // Connects from the cursor on or, where no host goes back so far, from later.
  boost::asio::awaitable<Result<void>> resume();
  // Tries each host once, until one answers; those that did not are noted. From 0: from now on.
  boost::asio::awaitable<Result<void>> connect(int64_t from_us);
  std::string stream_url(const std::string& host, int64_t from_us) const;
  // Where a source without a cursor begins.
  Time freshest_start() const;
  // Where to resume; a gap goes to the next batch.
  int64_t resume_from();
  // Leaves a host that has sent no event for too long: the next one is asked from the cursor on.
  void leave_if_silent();

  void read_frame(std::string_view frame, Batch& batch);
  void check_clamp(int64_t first_us, Batch& batch);
  // Tells the fetcher what time it is on the network, once the stream is no longer replaying.
  void note_time();

  SourceSection section_;
  SourceTools tools_;
  JetstreamReader reader_;
  std::optional<FrameInflater> inflater_;
  std::string broken_;  // why this source cannot work; empty if it can
  std::unique_ptr<WebSocket> socket_;
  size_t host_ = 0;         // of section_.jetstream: connected to, or to be tried first
  Duration heard_at_{};     // steady time of the last event, or of connecting
  Batch pending_;           // notes and drops for the next batch
  int64_t cursor_us_ = 0;   // newest time_us that was handed over; 0 before the first
  int64_t resumed_us_ = 0;  // what was asked for; 0 once the first frame has come
  bool live_ = false;
  int64_t mark_us_ = 0;  // cursor at mark_at_
  Duration mark_at_{};   // steady time
};

}  // namespace tagscout
