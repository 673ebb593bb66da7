// Frames of a Jetstream that was asked to compress: zstd with a dictionary both sides know.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout {

class FrameInflater {
 public:
  // Throws std::invalid_argument if the bytes cannot serve as a dictionary. Frames that would
  // become longer than `output_bytes_max` are refused.
  FrameInflater(std::string_view dictionary, size_t output_bytes_max);
  ~FrameInflater();

  // The text of a frame, valid until the next call; nothing if it is none or too long.
  std::optional<std::string_view> inflate(std::string_view frame);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tagscout
