// What TLS has to satisfy: version 1.2 or newer, a certificate of a trusted authority, the name.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <string>

namespace tagscout {

// For clients, with the system's authorities and those of `ca_file` (PEM; may be empty). Throws
// std::runtime_error if that file cannot be read.
boost::asio::ssl::context make_tls_context(const std::string& ca_file);

// Before the handshake: asks for `host` by name (SNI) and accepts a certificate for it alone.
void expect_host(SSL* tls, const std::string& host);

// Why a handshake failed, in words.
std::string tls_failure(const SSL* tls, const boost::system::error_code& ec);

}  // namespace tagscout
