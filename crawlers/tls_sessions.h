// TLS sessions that servers let us take up again, so that the next handshake is short.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <string>

#include "crawlers/clock.h"

namespace tagscout {

class TlsSessions {
 public:
  // Remembers what servers give to the connections of `context`. `clock` outlives it; the context
  // and its connections may.
  TlsSessions(boost::asio::ssl::context& context, const Clock& clock);
  TlsSessions(const TlsSessions&) = delete;
  TlsSessions& operator=(const TlsSessions&) = delete;
  ~TlsSessions();

  // Before the handshake of a connection to `origin`: offers the session kept for it, if there is
  // one, and has the next one remembered. The certificate was verified when the session began, for
  // this origin; a session is kept for an hour, so a certificate is looked at again that often.
  void offer(SSL* tls, const std::string& origin);

  size_t size() const { return kept_.size(); }

  static constexpr size_t sessions_max = 1024;

 private:
  struct Free {
    void operator()(SSL_SESSION* session) const;
  };
  struct Kept {
    std::unique_ptr<SSL_SESSION, Free> session;
    Duration until;
  };

  static int given(SSL* tls, SSL_SESSION* session);
  void keep(const std::string& origin, SSL_SESSION* session);
  void make_room();

  boost::asio::ssl::context& context_;
  const Clock& clock_;
  std::map<std::string, Kept> kept_;  // by origin
};

}  // namespace tagscout
