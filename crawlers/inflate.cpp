#include "crawlers/inflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>

namespace tagscout {
namespace {

struct Release {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};
using Decompressor = std::unique_ptr<libdeflate_decompressor, Release>;

// JSON shrinks to a sixth or so: the first guess is mostly enough.
constexpr size_t growth_guess = 8;
constexpr size_t room_min = 4096;

// Decodes the member at the start of `bytes` behind what `out` holds and drops it from `bytes`.
libdeflate_result decode_member(libdeflate_decompressor* decompressor, std::string_view& bytes,
                                std::string& out, size_t bytes_max) {
  const size_t before = out.size();
  size_t room = std::min(std::max(bytes.size() * growth_guess, room_min), bytes_max - before);
  while (true) {
    out.resize(before + room);
    size_t read = 0;
    size_t written = 0;
    const libdeflate_result result = libdeflate_gzip_decompress_ex(
        decompressor, bytes.data(), bytes.size(), out.data() + before, room, &read, &written);
    if (result == LIBDEFLATE_SUCCESS) {
      out.resize(before + written);
      bytes.remove_prefix(read);
      return result;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE || before + room >= bytes_max) return result;
    room = std::min(room * 2, bytes_max - before);
  }
}

}  // namespace

Result<std::string> gunzip(std::string_view bytes, size_t bytes_max) {
  const Decompressor decompressor(libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  std::string out;
  do {
    const libdeflate_result result = decode_member(decompressor.get(), bytes, out, bytes_max);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      return Error(ErrorKind::protocol,
                   "the body unpacks to more than " + std::to_string(bytes_max) + " bytes");
    }
    if (result != LIBDEFLATE_SUCCESS) {
      return Error(ErrorKind::protocol, "the body is damaged gzip");
    }
  } while (!bytes.empty());
  return out;
}

}  // namespace tagscout
