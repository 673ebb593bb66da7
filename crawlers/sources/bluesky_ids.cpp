#include "crawlers/sources/bluesky_ids.h"

#include <algorithm>

namespace tagscout {
namespace {

constexpr size_t did_bytes_max = 2048;
constexpr size_t record_key_bytes_max = 512;
constexpr std::string_view scheme = "at://";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view marks) {
  return std::all_of(text.begin(), text.end(), [marks](char c) {
    return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool is_did(std::string_view text) {
  if (text.size() > did_bytes_max || !text.starts_with("did:")) return false;
  const size_t method_end = text.find(':', 4);
  if (method_end == std::string_view::npos || method_end == 4) return false;
  const std::string_view method = text.substr(4, method_end - 4);
  const std::string_view name = text.substr(method_end + 1);
  const bool lower =
      std::all_of(method.begin(), method.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return lower && !name.empty() && consists_of(name, "._:%-") && name.back() != ':' &&
         name.back() != '%';
}

bool is_record_key(std::string_view text) {
  return !text.empty() && text.size() <= record_key_bytes_max && text != "." && text != ".." &&
         consists_of(text, "_~.:-");
}

PostId bluesky_post_id(std::string_view did, std::string_view record_key) {
  std::string uri(scheme);
  uri.append(did).append("/").append(post_collection).append("/").append(record_key);
  return PostId(Network::bluesky, uri);
}

std::string bluesky_account_url(std::string_view did) {
  return std::string("https://bsky.app/profile/").append(did);
}

std::string bluesky_post_url(std::string_view did, std::string_view record_key) {
  return bluesky_account_url(did).append("/post/").append(record_key);
}

std::optional<PostAddress> parse_post_address(std::string_view uri) {
  if (!uri.starts_with(scheme)) return std::nullopt;
  uri.remove_prefix(scheme.size());
  const size_t did_end = uri.find('/');
  const size_t collection_end = uri.rfind('/');
  if (did_end == std::string_view::npos || did_end == collection_end) return std::nullopt;
  const std::string_view did = uri.substr(0, did_end);
  const std::string_view record_key = uri.substr(collection_end + 1);
  const std::string_view collection = uri.substr(did_end + 1, collection_end - did_end - 1);
  if (collection != post_collection || !is_did(did) || !is_record_key(record_key)) {
    return std::nullopt;
  }
  return PostAddress{.did = std::string(did), .record_key = std::string(record_key)};
}

}  // namespace tagscout
