#include "crawlers/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <new>
#include <stdexcept>
#include <utility>

namespace tagscout {

namespace ssl = boost::asio::ssl;

namespace {

// What OpenSSL calls by names that say little to who runs a daemon.
constexpr const char* other_host = "the certificate is for another host";
constexpr const char* unknown_issuer = "the certificate is signed by no authority that is trusted";
constexpr std::array<std::pair<long, const char*>, 8> verdicts = {{
    {X509_V_ERR_HOSTNAME_MISMATCH, other_host},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, other_host},
    {X509_V_ERR_CERT_HAS_EXPIRED, "the certificate has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "the certificate is not yet valid"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "the certificate is self-signed"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, unknown_issuer},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, unknown_issuer},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, unknown_issuer},
}};

constexpr const char* too_old = "the server speaks no TLS 1.2 or newer";
constexpr const char* no_tls = "the server does not speak TLS";
constexpr std::array<std::pair<int, const char*>, 7> refusals = {{
    {SSL_R_UNSUPPORTED_PROTOCOL, too_old},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, too_old},
    {SSL_R_WRONG_SSL_VERSION, too_old},
    {SSL_R_VERSION_TOO_LOW, too_old},
    {SSL_R_WRONG_VERSION_NUMBER, no_tls},
    {SSL_R_HTTP_REQUEST, no_tls},
    {SSL_R_PACKET_LENGTH_TOO_LONG, no_tls},
}};

}  // namespace

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
  for (const auto& [code, words] : verdicts) {
    if (code == verdict) return words;
  }
  if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
  if (ec == ssl::error::stream_truncated || ec == boost::asio::error::eof ||
      ec == boost::asio::error::connection_reset) {
    return "the server hung up before it was done";
  }
  if (ec.category() == boost::asio::error::get_ssl_category()) {
    const int reason = ERR_GET_REASON(static_cast<unsigned long>(ec.value()));
    for (const auto& [code, words] : refusals) {
      if (code == reason) return words;
    }
  }
  return ec.message();
}

}  // namespace tagscout
