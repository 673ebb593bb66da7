#include "crawlers/sources/bluesky_frame.h"

#include <zstd.h>

#include <stdexcept>

namespace tagscout {
namespace {

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

struct FreeDictionary {
  void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
};

}  // namespace

struct FrameInflater::State {
  std::unique_ptr<ZSTD_DCtx, FreeContext> context;
  std::unique_ptr<ZSTD_DDict, FreeDictionary> dictionary;
  std::string output;
};

FrameInflater::FrameInflater(std::string_view dictionary, size_t output_bytes_max)
    : state_(std::make_unique<State>()) {
  state_->context.reset(ZSTD_createDCtx());
  state_->dictionary.reset(ZSTD_createDDict(dictionary.data(), dictionary.size()));
  if (dictionary.empty() || !state_->context || !state_->dictionary) {
    throw std::invalid_argument("not a zstd dictionary");
  }
  state_->output.resize(output_bytes_max);
}

FrameInflater::~FrameInflater() = default;

std::optional<std::string_view> FrameInflater::inflate(std::string_view frame) {
  std::string& output = state_->output;
  const size_t size =
      ZSTD_decompress_usingDDict(state_->context.get(), output.data(), output.size(), frame.data(),
                                 frame.size(), state_->dictionary.get());
  if (frame.empty() || ZSTD_isError(size) != 0) return std::nullopt;
  return std::string_view(output).substr(0, size);
}

}  // namespace tagscout
