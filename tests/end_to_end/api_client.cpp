#include "tests/end_to_end/api_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace tagscout::end_to_end {
namespace {

constexpr timeval patience{.tv_sec = 20, .tv_usec = 0};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

ApiClient ApiClient::to_loopback(const std::string& url) {
  return ApiClient("", static_cast<uint16_t>(std::stoul(url.substr(url.rfind(':') + 1))));
}

ApiClient::ApiClient(ApiClient&& other) noexcept
    : path_(std::move(other.path_)),
      port_(other.port_),
      socket_(std::exchange(other.socket_, -1)),
      unread_(std::move(other.unread_)) {}

ApiClient::~ApiClient() { disconnect(); }

void ApiClient::disconnect() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  unread_.clear();
}

void ApiClient::connect() {
  sockaddr_un local{};
  sockaddr_in loopback{};
  const sockaddr* address = nullptr;
  socklen_t size = 0;
  if (path_.empty()) {
    loopback.sin_family = AF_INET;
    loopback.sin_port = htons(port_);
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address = reinterpret_cast<const sockaddr*>(&loopback);
    size = sizeof loopback;
  } else {
    if (path_.size() >= sizeof local.sun_path) throw std::runtime_error(path_ + ": too long");
    local.sun_family = AF_UNIX;
    std::copy(path_.begin(), path_.end(), local.sun_path);
    address = reinterpret_cast<const sockaddr*>(&local);
    size = sizeof local;
  }
  socket_ = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) fail("socket");
  const int on = 1;
  if (path_.empty()) setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_, address, size) != 0) {
    const int error = errno;
    disconnect();
    errno = error;
    fail("connect to " + (path_.empty() ? std::to_string(port_) : path_));
  }
}

void ApiClient::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) fail("send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void ApiClient::receive_more() {
  std::array<char, 65536> bytes;
  const ssize_t size = recv(socket_, bytes.data(), bytes.size(), 0);
  if (size == 0) throw std::runtime_error("connection closed before the answer's end");
  if (size < 0) fail("receive");
  unread_.append(bytes.data(), static_cast<size_t>(size));
}

std::string ApiClient::take(size_t size) {
  while (unread_.size() < size) receive_more();
  std::string bytes = unread_.substr(0, size);
  unread_.erase(0, size);
  return bytes;
}

std::string ApiClient::take_line() {
  size_t end = unread_.find("\r\n");
  while (end == std::string::npos) {
    receive_more();
    end = unread_.find("\r\n");
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 2);
  return line;
}

std::string ApiClient::take_chunks() {
  std::string body;
  for (;;) {
    const size_t size = std::stoul(take_line(), nullptr, 16);
    body += take(size);
    take_line();
    if (size == 0) return body;
  }
}

ApiResponse ApiClient::receive() {
  ApiResponse response;
  const std::string status_line = take_line();
  if (status_line.size() < 12) throw std::runtime_error("not HTTP: " + status_line);
  response.status = std::stoi(status_line.substr(9, 3));
  size_t length = 0;
  bool chunked = false;
  bool close_after = false;
  for (std::string line = take_line(); !line.empty(); line = take_line()) {
    std::transform(line.begin(), line.end(), line.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (line.starts_with("content-length:")) length = std::stoul(line.substr(15));
    if (line.starts_with("transfer-encoding:")) chunked = line.find("chunked") != std::string::npos;
    if (line.starts_with("connection:")) close_after = line.find("close") != std::string::npos;
  }
  response.body = chunked ? take_chunks() : take(length);
  if (close_after) disconnect();
  return response;
}

ApiResponse ApiClient::ask(std::string_view method, const std::string& target) {
  const std::string request = std::string(method) + " " + target +
                              " HTTP/1.1\r\nHost: tagscout\r\nUser-Agent: tagscout-test\r\n"
                              "Accept: application/json\r\nContent-Length: 0\r\n\r\n";
  // A kept connection may have been closed meanwhile: then a new one is tried, once.
  if (socket_ >= 0) {
    try {
      send_all(request);
      return receive();
    } catch (const std::runtime_error&) {
      disconnect();
    }
  }
  connect();
  try {
    send_all(request);
    return receive();
  } catch (...) {
    disconnect();
    throw;
  }
}

rapidjson::Document ApiClient::get_json(const std::string& target) {
  const ApiResponse response = get(target);
  if (response.status != 200) {
    throw std::runtime_error(target + ": " + std::to_string(response.status) + " " +
                             response.body.substr(0, 200));
  }
  rapidjson::Document document;
  document.Parse(response.body.data(), response.body.size());
  if (document.HasParseError()) throw std::runtime_error(target + ": not JSON");
  return document;
}

std::string path_segment(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      encoded += c;
    } else {
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace tagscout::end_to_end
