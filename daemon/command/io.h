// Standard output of the command, and the interrupt that ends any waiting.
#pragma once

#include <string_view>

#include "storage/model/time.h"

namespace tagscout {

// Ctrl-C as something that can be waited for, so that whoever is interrupted tidies up.
class Interrupts final {
 public:
  // Takes SIGINT over for the process.
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  enum class Ready { yes, timed_out };
  // Waits until the descriptor is ready for `events` (as of poll()); without `limit` for ever.
  // Throws CommandError with Exit::interrupted on Ctrl-C.
  Ready wait(int descriptor, short events, const Duration* limit) const;

 private:
  int descriptor_;
};

class Output final {
 public:
  explicit Output(const Interrupts& interrupts) : interrupts_(interrupts) {}

  // Writes to standard output at once. Throws CommandError with Exit::io_error.
  void write(std::string_view bytes) const;

 private:
  const Interrupts& interrupts_;
};

}  // namespace tagscout
