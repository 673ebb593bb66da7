#include "tests/support/testnet/names.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "tests/support/testnet/dice.h"

namespace tagscout::testnet {
namespace {

constexpr uint64_t local_ids = 109'000'000'000'000'000;
constexpr uint64_t local_ids_apart = 1'000'000'000;

// Looks random, and is the same whenever it is asked for.
std::string uuid_of(const Post& post) {
  Dice dice(static_cast<uint64_t>(to_us(post.created)), 12, post.index);
  std::string text = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  for (char& c : text) {
    if (c == 'x') c = "0123456789abcdef"[dice.below(16)];
  }
  return text;
}

void replace(std::string& text, std::string_view what, const std::string& by) {
  const size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), by);
}

}  // namespace

Names::Names(Hosts hosts, const Options& options)
    : hosts_(std::move(hosts)), split_domains_(options.split_domains) {
  for (const std::string& row : options.software) {
    software_.push_back(find_software(row));
    if (software_.back() == nullptr) {
      throw std::invalid_argument("no such software: " + row + ", but " + software_rows());
    }
  }
  hosts_.mastodon.resize(software_.size());
  if (software_.size() > instances_max) throw std::invalid_argument("too many instances");
}

std::string Names::domain(size_t place) const {
  constexpr std::array<std::string_view, instances_max> domains = {
      "loom.test", "thimble.test", "bobbin.test", "spindle.test", "needle.test"};
  const std::string& host = hosts_.mastodon[place];
  return split_domains_ ? std::string(domains[place]) : host.substr(host.find("//") + 2);
}

std::string Names::native(const Account& account) const {
  if (account.on_bluesky()) return account.did;
  return hosts_.mastodon[account.place] + "/users/" + account.name;
}

std::string Names::native(const Post& post, const Account& author) const {
  if (author.on_bluesky()) {
    return "at://" + author.did + "/app.bsky.feed.post/" + tid(post.created, post.index);
  }
  return fill(software(author.place).post_uri, post, author);
}

std::string Names::id(const Account& account) const {
  return (account.on_bluesky() ? "bluesky:" : "ap:") + native(account);
}

std::string Names::id(const Post& post, const Account& author) const {
  return (author.on_bluesky() ? "bluesky:" : "ap:") + native(post, author);
}

std::string Names::ap_uri(const Account& account) const {
  if (!account.on_bluesky()) return native(account);
  return std::string("https://") + bridge_host + "/ap/" + account.did;
}

std::string Names::ap_uri(const Post& post, const Account& author) const {
  if (!author.on_bluesky()) return native(post, author);
  return std::string("https://") + bridge_host + "/convert/ap/" + native(post, author);
}

std::string Names::ap_handle(const Account& account) const {
  return account.on_bluesky() ? handle(account) + "@" + bridge_host : handle(account);
}

std::string Names::handle(const Account& account) const {
  if (!account.on_bluesky()) return account.name + "@" + domain(account.place);
  std::string handle = account.name + ".sky.test";
  for (char& c : handle) {
    if (c == '_') c = '-';
  }
  return handle;
}

std::string Names::url(const Account& account) const {
  if (account.on_bluesky()) return "https://bsky.example/profile/" + account.did;
  return hosts_.mastodon[account.place] + "/@" + account.name;
}

std::string Names::url(const Post& post, const Account& author) const {
  if (author.on_bluesky()) return ap_uri(post, author);
  return fill(software(author.place).post_page, post, author);
}

std::string Names::fill(std::string_view shape, const Post& post, const Account& author) const {
  std::string address = hosts_.mastodon[author.place] + std::string(shape);
  replace(address, "{name}", author.name);
  replace(address, "{id}",
          write_id(software(author.place).ids, snowflake(post.created, post.index)));
  replace(address, "{uuid}", uuid_of(post));
  return address;
}

std::string Names::local_id(size_t place, uint32_t account) const {
  return write_id(software(place).ids, local_ids + place * local_ids_apart + account);
}

std::optional<uint32_t> Names::account_of_local_id(size_t place, std::string_view id) const {
  const std::optional<uint64_t> number = read_id(software(place).ids, id);
  const uint64_t first = local_ids + place * local_ids_apart;
  if (!number || *number < first || *number >= first + local_ids_apart) return {};
  return static_cast<uint32_t>(*number - first);
}

}  // namespace tagscout::testnet
