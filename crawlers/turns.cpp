#include "crawlers/turns.h"

namespace tagscout {

Turn::Turn(Turns& turns) : turns_(&turns) { turns_->holders_.insert(this); }

Turn::Turn(Turn&& other) noexcept { *this = std::move(other); }

Turn& Turn::operator=(Turn&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  turns_ = std::exchange(other.turns_, nullptr);
  if (turns_ != nullptr) {
    turns_->holders_.erase(&other);
    turns_->holders_.insert(this);
  }
  return *this;
}

Turn::~Turn() { give_back(); }

void Turn::give_back() {
  if (turns_ == nullptr) return;
  turns_->holders_.erase(this);
  std::exchange(turns_, nullptr)->returned();
}

Turns::~Turns() {
  for (Turn* const turn : holders_) turn->turns_ = nullptr;
}

boost::asio::awaitable<Turn> Turns::take() {
  if (free_ > 0) {
    --free_;
    co_return Turn(*this);
  }
  co_await waiting_.wait();
  --handed_;
  co_return Turn(*this);
}

void Turns::returned() {
  if (waiting_.wake_one()) {
    ++handed_;
  } else {
    ++free_;
  }
}

}  // namespace tagscout
