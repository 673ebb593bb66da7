#include "daemon/command/http_answer.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tagscout {
namespace {

constexpr size_t header_bytes_max = 1 << 16;
// Pages have at most 1,000 objects; nothing honest comes near this.
constexpr uint64_t body_bytes_max = uint64_t{1} << 28;

std::optional<uint64_t> number(std::string_view text, int base) {
  uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || failure != std::errc() || stop != end || value > body_bytes_max) return {};
  return value;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool HttpAnswer::feed(std::string_view bytes) {
  unread_.erase(0, std::exchange(at_, 0));
  unread_ += bytes;
  // Every step either uses bytes, changes the stage, or waits for more.
  for (;;) {
    const size_t at = at_;
    const Stage stage = stage_;
    if (!advance()) return false;
    if (at == at_ && stage == stage_) return true;
  }
}

bool HttpAnswer::advance() {
  switch (stage_) {
    case Stage::header:
      return read_header();
    case Stage::counted:
      return copy_counted(Stage::complete);
    case Stage::chunk_size:
      return read_chunk_size();
    case Stage::chunk:
      return copy_counted(Stage::chunk_end);
    case Stage::chunk_end:
      return read_line_end();
    case Stage::trailer:
      return read_trailer();
    case Stage::endless:
      body_.append(unread_, at_);
      at_ = unread_.size();
      return body_.size() <= body_bytes_max;
    case Stage::complete:
      return at_ == unread_.size();
  }
  return false;
}

bool HttpAnswer::finish() {
  if (stage_ == Stage::endless) stage_ = Stage::complete;
  return stage_ == Stage::complete;
}

std::string HttpAnswer::take_body() { return std::exchange(body_, {}); }

bool HttpAnswer::read_header() {
  const size_t end = unread_.find("\r\n\r\n");
  if (end == std::string::npos) return unread_.size() <= header_bytes_max;
  constexpr std::string_view version = "HTTP/1.1 ";
  const std::string_view first = line().value_or("");
  const auto status = number(first.substr(std::min(first.size(), version.size()), 3), 10);
  if (!first.starts_with(version) || !status || *status < 100) return false;
  stage_ = Stage::endless;
  for (auto field = line(); field && !field->empty(); field = line()) {
    if (!read_field(*field)) return false;
  }
  status_ = static_cast<int>(*status);
  return true;
}

bool HttpAnswer::read_field(std::string_view field) {
  const size_t colon = field.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string name = lower(field.substr(0, colon));
  const std::string value = lower(trimmed(field.substr(colon + 1)));
  if (name == "transfer-encoding") {
    stage_ = Stage::chunk_size;
    return value == "chunked";
  }
  if (name != "content-length" || stage_ != Stage::endless) return true;
  const auto length = number(value, 10);
  if (!length) return false;
  left_ = *length;
  stage_ = left_ == 0 ? Stage::complete : Stage::counted;
  return true;
}

bool HttpAnswer::read_chunk_size() {
  const auto size_line = line();
  if (!size_line) return true;
  const auto size = number(size_line->substr(0, size_line->find(';')), 16);
  if (!size) return false;
  left_ = *size;
  stage_ = left_ == 0 ? Stage::trailer : Stage::chunk;
  return true;
}

bool HttpAnswer::read_line_end() {
  const auto rest = line();
  if (!rest) return true;
  stage_ = Stage::chunk_size;
  return rest->empty();
}

bool HttpAnswer::read_trailer() {
  const auto field = line();
  if (field && field->empty()) stage_ = Stage::complete;
  return true;
}

bool HttpAnswer::copy_counted(Stage next) {
  const size_t count = std::min<uint64_t>(left_, unread_.size() - at_);
  body_.append(unread_, at_, count);
  at_ += count;
  left_ -= count;
  if (left_ == 0) stage_ = next;
  return body_.size() <= body_bytes_max;
}

std::optional<std::string_view> HttpAnswer::line() {
  const size_t end = unread_.find("\r\n", at_);
  if (end == std::string::npos) return {};
  const std::string_view found = std::string_view(unread_).substr(at_, end - at_);
  at_ = end + 2;
  return found;
}

}  // namespace tagscout
