#include "tests/support/testnet/frame_compressor.h"

#include <zdict.h>
#include <zstd.h>

#include <stdexcept>

namespace tagscout::testnet {
namespace {

constexpr size_t dictionary_bytes_max = 16'384;
constexpr int level = 3;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

struct FreeDictionary {
  void operator()(ZSTD_CDict* dictionary) const { ZSTD_freeCDict(dictionary); }
};

}  // namespace

std::string train_dictionary(const std::vector<std::string>& samples) {
  std::string all;
  std::vector<size_t> sizes;
  for (const std::string& sample : samples) {
    all += sample;
    sizes.push_back(sample.size());
  }
  std::string dictionary(dictionary_bytes_max, '\0');
  const size_t size = ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), all.data(),
                                            sizes.data(), static_cast<unsigned>(sizes.size()));
  if (ZDICT_isError(size) != 0) throw std::runtime_error(ZDICT_getErrorName(size));
  dictionary.resize(size);
  return dictionary;
}

struct FrameCompressor::State {
  std::unique_ptr<ZSTD_CCtx, FreeContext> context;
  std::unique_ptr<ZSTD_CDict, FreeDictionary> dictionary;
};

FrameCompressor::FrameCompressor(const std::string& dictionary)
    : state_(std::make_unique<State>()) {
  state_->context.reset(ZSTD_createCCtx());
  state_->dictionary.reset(ZSTD_createCDict(dictionary.data(), dictionary.size(), level));
  if (!state_->context || !state_->dictionary) throw std::runtime_error("no zstd dictionary");
}

FrameCompressor::~FrameCompressor() = default;

std::string FrameCompressor::compress(const std::string& frame) const {
  std::string packed(ZSTD_compressBound(frame.size()), '\0');
  const size_t size =
      ZSTD_compress_usingCDict(state_->context.get(), packed.data(), packed.size(), frame.data(),
                               frame.size(), state_->dictionary.get());
  if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
  packed.resize(size);
  return packed;
}

}  // namespace tagscout::testnet
