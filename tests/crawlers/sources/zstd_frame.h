// Compresses as a Jetstream does.
#pragma once

#include <zstd.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace tagscout {

inline std::string compressed(const std::string& text, const std::string& dictionary) {
  const std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                   ZSTD_freeCCtx);
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  const size_t size =
      ZSTD_compress_usingDict(context.get(), frame.data(), frame.size(), text.data(), text.size(),
                              dictionary.data(), dictionary.size(), 3);
  if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
  frame.resize(size);
  return frame;
}

}  // namespace tagscout
