// A number of turns that coroutines of one thread share, first come, first served.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <set>
#include <utility>

#include "crawlers/wait_list.h"

namespace tagscout {

class Turns;

// One turn; given back when destroyed.
class Turn {
 public:
  Turn() = default;
  explicit Turn(Turns& turns);
  Turn(Turn&& other) noexcept;
  Turn& operator=(Turn&& other) noexcept;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

 private:
  friend class Turns;
  void give_back();
  Turns* turns_ = nullptr;
};

// May be destroyed before the turns it gave.
class Turns {
 public:
  explicit Turns(size_t count) : free_(count) {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;
  ~Turns();

  // Waits for a turn. Throws operation_aborted when cancelled.
  boost::asio::awaitable<Turn> take();

  // Turns that are taken.
  size_t taken() const { return holders_.size(); }
  // True if no turn is taken and nobody waits for one.
  bool idle() const { return holders_.empty() && waiting_.empty() && handed_ == 0; }

 private:
  friend class Turn;
  void returned();

  size_t free_;
  size_t handed_ = 0;  // given to coroutines that have not run since
  std::set<Turn*> holders_;
  WaitList waiting_;
};

}  // namespace tagscout
