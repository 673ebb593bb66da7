#include "crawlers/tls_sessions.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <new>

namespace tagscout {
namespace {

constexpr Duration kept_for = std::chrono::hours(1);

void free_origin(void*, void* origin, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::string*>(origin);
}

// Where a context keeps its TlsSessions, and a connection its origin.
int context_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}
int origin_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_origin);
  return slot;
}

}  // namespace

void TlsSessions::Free::operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }

TlsSessions::TlsSessions(boost::asio::ssl::context& context, const Clock& clock)
    : context_(context), clock_(clock) {
  SSL_CTX* const native = context.native_handle();
  if (SSL_CTX_set_ex_data(native, context_slot(), this) != 1) throw std::bad_alloc();
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(native, given);
}

TlsSessions::~TlsSessions() {
  SSL_CTX_set_ex_data(context_.native_handle(), context_slot(), nullptr);
}

void TlsSessions::offer(SSL* tls, const std::string& origin) {
  auto name = std::make_unique<std::string>(origin);
  // From then on it is the connection's, and goes with it.
  if (SSL_set_ex_data(tls, origin_slot(), name.get()) == 1) static_cast<void>(name.release());
  const auto found = kept_.find(origin);
  if (found == kept_.end()) return;
  const bool fresh = found->second.until > clock_.steady();
  // A copy: OpenSSL calls the session of a connection unfit when that ends without a goodbye, as
  // ours do.
  const std::unique_ptr<SSL_SESSION, Free> copy(SSL_SESSION_dup(found->second.session.get()));
  if (fresh && copy) SSL_set_session(tls, copy.get());
  // A ticket of TLS 1.3 is for one use: whoever listens could tell connections apart by it.
  const bool once = SSL_SESSION_get_protocol_version(found->second.session.get()) >= TLS1_3_VERSION;
  if (!fresh || once) kept_.erase(found);
}

// OpenSSL's callback. Answers 0: the session stays the connection's, ours is a copy.
int TlsSessions::given(SSL* tls, SSL_SESSION* session) {
  auto* const sessions =
      static_cast<TlsSessions*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(tls), context_slot()));
  const auto* const origin = static_cast<const std::string*>(SSL_get_ex_data(tls, origin_slot()));
  if (sessions == nullptr || origin == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
  sessions->keep(*origin, SSL_SESSION_dup(session));
  return 0;
}

void TlsSessions::keep(const std::string& origin, SSL_SESSION* session) {
  if (session == nullptr) return;
  make_room();
  Kept& kept = kept_[origin];
  kept.session.reset(session);
  kept.until = clock_.steady() + kept_for;
}

void TlsSessions::make_room() {
  if (kept_.size() < sessions_max) return;
  const auto oldest = std::min_element(
      kept_.begin(), kept_.end(),
      [](const auto& left, const auto& right) { return left.second.until < right.second.until; });
  kept_.erase(oldest);
}

}  // namespace tagscout
