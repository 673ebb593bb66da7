#include "daemon/service/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace tagscout {
namespace {

// True if standard error is the stream that the service manager says it made for us.
bool is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

struct CodePoint {
  char32_t value;
  size_t bytes;
};

// The UTF-8 character at the start of `text`; nothing if these bytes are none.
std::optional<CodePoint> first_code_point(std::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return CodePoint{lead, 1};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  constexpr char32_t least[] = {0x80, 0x800, 0x10000};
  if (lead < 0xc0 || lead > 0xf4 || text.size() < bytes) return {};
  char32_t value = lead & (0xffu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least[bytes - 2] || value > 0x10ffff || surrogate) return {};
  return CodePoint{value, bytes};
}

// Characters that move the cursor, break the line or turn the direction of writing.
bool is_treacherous(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

std::string hex(uint32_t value, size_t digits_min) {
  std::string text;
  for (; value != 0 || text.size() < digits_min; value >>= 4)
    text.insert(text.begin(), "0123456789abcdef"[value & 15]);
  return text;
}

// What stands for the start of `text` in a log; sets `bytes` to how much that is.
std::string escaped(std::string_view text, size_t& bytes) {
  const std::optional<CodePoint> first = first_code_point(text);
  bytes = first ? first->bytes : 1;
  if (!first) return "\\x" + hex(static_cast<unsigned char>(text[0]), 2);
  if (first->value == '\\') return "\\\\";
  if (first->value == '\n') return "\\n";
  if (is_treacherous(first->value)) return "\\u{" + hex(first->value, 1) + "}";
  return std::string(text.substr(0, bytes));
}

}  // namespace

std::shared_ptr<spdlog::logger> make_log(const std::string& level) {
  const spdlog::level::level_enum least = spdlog::level::from_str(level);
  if (least == spdlog::level::off) throw std::invalid_argument("no log level: " + level);
  auto log = std::make_shared<spdlog::logger>("tagscout",
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_level(least);
  const char* pattern = is_journal() ? "level=%l %v" : "time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v";
  log->set_pattern(pattern, spdlog::pattern_time_type::utc);
  return log;
}

std::string for_log(std::string_view text) {
  constexpr size_t bytes_max = 200;
  constexpr std::string_view ellipsis = "…";
  std::string out;
  size_t whole = 0;  // as much of `out` as leaves room for the ellipsis
  while (!text.empty()) {
    size_t bytes = 0;
    out += escaped(text, bytes);
    if (out.size() > bytes_max) return out.substr(0, whole).append(ellipsis);
    if (out.size() <= bytes_max - ellipsis.size()) whole = out.size();
    text.remove_prefix(bytes);
  }
  return out;
}

}  // namespace tagscout
