#include "daemon/query_cursor.h"

#include <charconv>

namespace tagscout::query_cursor {
namespace {

// Every cursor starts with a letter for its list, so that one list refuses another's.
constexpr char account_mark = 'a';
constexpr char post_mark = 'p';
constexpr char flag_mark = 'f';
constexpr size_t account_digits = 32;

std::string number(uint64_t value) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
  return std::string(digits, end);
}

std::optional<uint64_t> number(std::string_view digits) {
  uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, value, 16);
  if (failure != std::errc() || stop != end) return {};
  return value;
}

// The cursor without its mark; nothing if it has another.
std::optional<std::string_view> unmarked(std::string_view cursor, char mark) {
  if (cursor.empty() || cursor.front() != mark) return {};
  return cursor.substr(1);
}

}  // namespace

std::string of_account(const AccountKey& key) { return account_mark + to_hex(key); }

std::string of_post(const PostKey& key) {
  return post_mark + to_hex(key.account) + number(key.post);
}

std::string of_flag(uint64_t id) { return flag_mark + number(id); }

std::optional<AccountKey> account(std::string_view cursor) {
  const auto digits = unmarked(cursor, account_mark);
  return digits ? account_key_from_hex(*digits) : std::nullopt;
}

std::optional<PostKey> post(std::string_view cursor) {
  const auto digits = unmarked(cursor, post_mark);
  if (!digits || digits->size() <= account_digits) return {};
  const auto author = account_key_from_hex(digits->substr(0, account_digits));
  const auto post = number(digits->substr(account_digits));
  if (!author || !post) return {};
  return PostKey{.account = *author, .post = *post};
}

std::optional<uint64_t> flag(std::string_view cursor) {
  const auto digits = unmarked(cursor, flag_mark);
  return digits ? number(*digits) : std::nullopt;
}

}  // namespace tagscout::query_cursor
