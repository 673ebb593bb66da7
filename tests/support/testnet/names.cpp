#include "tests/support/testnet/names.h"

#include <array>
#include <charconv>

namespace tagscout::testnet {
namespace {

constexpr uint64_t local_ids = 109'000'000'000'000'000;
constexpr uint64_t local_ids_apart = 1'000'000'000;

}  // namespace

std::string_view Names::domain(size_t place) {
  constexpr std::array<std::string_view, instances> domains = {"loom.test", "thimble.test",
                                                               "bobbin.test"};
  return domains[place];
}

std::string Names::native(const Account& account) const {
  if (account.on_bluesky()) return account.did;
  return hosts_.mastodon[account.place] + "/users/" + account.name;
}

std::string Names::native(const Post& post, const Account& author) const {
  if (author.on_bluesky()) {
    return "at://" + author.did + "/app.bsky.feed.post/" + tid(post.created, post.index);
  }
  return native(author) + "/statuses/" + std::to_string(snowflake(post.created, post.index));
}

std::string Names::id(const Account& account) const {
  return (account.on_bluesky() ? "bluesky:" : "ap:") + native(account);
}

std::string Names::id(const Post& post, const Account& author) const {
  return (author.on_bluesky() ? "bluesky:" : "ap:") + native(post, author);
}

std::string Names::handle(const Account& account) const {
  if (!account.on_bluesky()) return account.name + "@" + std::string(domain(account.place));
  std::string handle = account.name + ".sky.test";
  for (char& c : handle) {
    if (c == '_') c = '-';
  }
  return handle;
}

std::string Names::url(const Account& account) const {
  return hosts_.mastodon[account.place] + "/@" + account.name;
}

std::string Names::local_id(size_t place, uint32_t account) {
  return std::to_string(local_ids + place * local_ids_apart + account);
}

std::optional<uint32_t> Names::account_of_local_id(size_t place, std::string_view id) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const uint64_t first = local_ids + place * local_ids_apart;
  if (error != std::errc{} || end != id.data() + id.size()) return {};
  if (number < first || number >= first + local_ids_apart) return {};
  return static_cast<uint32_t>(number - first);
}

}  // namespace tagscout::testnet
