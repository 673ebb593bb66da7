// Takes HTTP/1.1 answers of the admin API apart as their bytes arrive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout {

// Bytes go in, the status and the body come out. Understands Content-Length, chunks, and a body
// that ends with the connection.
class HttpAnswer final {
 public:
  // Takes the next bytes. False if they are no answer of HTTP.
  bool feed(std::string_view bytes);
  // The connection has ended. False if that cuts the answer off.
  bool finish();

  // 0 before the header has arrived.
  int status() const { return status_; }
  bool is_complete() const { return stage_ == Stage::complete; }
  // The body that has arrived since the last call.
  std::string take_body();

 private:
  enum class Stage { header, counted, chunk_size, chunk, chunk_end, trailer, endless, complete };

  bool advance();
  bool read_header();
  bool read_field(std::string_view line);
  bool read_chunk_size();
  bool read_line_end();
  bool read_trailer();
  bool copy_counted(Stage next);
  std::optional<std::string_view> line();

  Stage stage_ = Stage::header;
  int status_ = 0;
  uint64_t left_ = 0;  // bytes of the body or chunk that are still to come
  std::string unread_;
  size_t at_ = 0;  // how much of it has been used
  std::string body_;
};

}  // namespace tagscout
