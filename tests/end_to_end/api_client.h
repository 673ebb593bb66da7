// A small HTTP client for tests: over a unix socket or loopback, blocking, on one kept connection.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tagscout::end_to_end {

struct ApiResponse {
  int status = 0;
  std::string body;
};

class ApiClient {
 public:
  // Connects when first asked.
  static ApiClient to_unix_socket(std::string path) { return ApiClient(std::move(path), 0); }
  // `url` is http://127.0.0.1:PORT.
  static ApiClient to_loopback(const std::string& url);
  ~ApiClient();
  ApiClient(ApiClient&& other) noexcept;
  ApiClient& operator=(ApiClient&&) = delete;

  // Both throw std::runtime_error if there is no answer within 20 s.
  ApiResponse get(const std::string& target) { return ask("GET", target); }
  ApiResponse post(const std::string& target) { return ask("POST", target); }

  // The answer's JSON. Throws std::runtime_error also for any status but 200.
  rapidjson::Document get_json(const std::string& target);

 private:
  ApiClient(std::string path, uint16_t port) : path_(std::move(path)), port_(port) {}
  ApiResponse ask(std::string_view method, const std::string& target);
  void connect();
  void disconnect();
  void send_all(std::string_view bytes);
  ApiResponse receive();
  void receive_more();
  std::string take(size_t size);
  std::string take_line();
  std::string take_chunks();

  std::string path_;  // of the unix socket; empty for loopback
  uint16_t port_ = 0;
  int socket_ = -1;
  std::string unread_;
};

// Percent-encodes one segment of a path.
std::string path_segment(std::string_view text);

}  // namespace tagscout::end_to_end
