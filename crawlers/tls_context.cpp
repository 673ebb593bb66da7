#include "crawlers/tls_context.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <new>
#include <stdexcept>

namespace tagscout {

namespace ssl = boost::asio::ssl;

ssl::context make_tls_context(const std::string& ca_file) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(ssl::verify_peer);
  context.set_default_verify_paths();
  boost::system::error_code ec;
  if (!ca_file.empty()) context.load_verify_file(ca_file, ec);
  if (ec) throw std::runtime_error("cannot read the CA file " + ca_file + ": " + ec.message());
  constexpr std::array<unsigned char, 9> protocols = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context.native_handle(), protocols.data(), protocols.size());
  return context;
}

void expect_host(SSL* tls, const std::string& host) {
  boost::system::error_code ec;
  boost::asio::ip::make_address(host, ec);
  const bool literal = !ec;
  X509_VERIFY_PARAM* const rules = SSL_get0_param(tls);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int set = literal ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str())
                          : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
  // SNI knows names only.
  const bool named = literal || SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
  if (set != 1 || !named) throw std::bad_alloc();
}

std::string tls_failure(const SSL* tls, const boost::system::error_code& ec) {
  const long verdict = SSL_get_verify_result(tls);
  if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
  return ec.message();
}

}  // namespace tagscout
