// Compresses frames with a dictionary that the reader has as well, and makes such a dictionary.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace tagscout::testnet {

// A zstd dictionary for texts like these. Throws std::runtime_error if they are too few.
std::string train_dictionary(const std::vector<std::string>& samples);

class FrameCompressor {
 public:
  // Throws std::runtime_error if these bytes cannot serve as a dictionary.
  explicit FrameCompressor(const std::string& dictionary);
  ~FrameCompressor();
  FrameCompressor(const FrameCompressor&) = delete;
  FrameCompressor& operator=(const FrameCompressor&) = delete;

  std::string compress(const std::string& frame) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tagscout::testnet
