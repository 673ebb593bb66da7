#include "tests/support/tls.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace tagscout {
namespace {

using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

void require(bool good) {
  if (!good) throw std::runtime_error("OpenSSL failed to make a certificate");
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  require(key != nullptr);
  return key;
}

void extend(X509* certificate, int id, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str()), X509_EXTENSION_free);
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

uint32_t random_number() {
  uint32_t value = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value) == 1);
  return value;
}

// Everything but issuer and signature.
Certificate make_certificate(EVP_PKEY* key, const std::string& name, const TlsSubject& subject) {
  Certificate certificate(X509_new(), X509_free);
  X509* const x509 = certificate.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), static_cast<long>(random_number() >> 1));
  X509_gmtime_adj(X509_getm_notBefore(x509), subject.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(x509), subject.valid_to.count());
  X509_set_pubkey(x509, key);
  const auto* const text = reinterpret_cast<const unsigned char*>(name.c_str());
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8, text, -1, -1,
                                     0) == 1);
  return certificate;
}

void sign(X509* certificate, X509_NAME* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, issuer);
  require(X509_sign(certificate, key, EVP_sha256()) > 0);
}

template <class Write>
std::string pem(const Write& write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  require(write(out.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string pem_of(const X509* certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(const EVP_PKEY* key) {
  return pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

}  // namespace

TlsAuthority::TlsAuthority()
    : key_(make_key()),
      certificate_(
          make_certificate(key_.get(), "test authority " + std::to_string(random_number()), {})) {
  extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  sign(certificate_.get(), X509_get_subject_name(certificate_.get()), key_.get());
}

TlsAuthority::~TlsAuthority() = default;

std::string TlsAuthority::certificate() const { return pem_of(certificate_.get()); }

TlsIdentity TlsAuthority::issue(const TlsSubject& subject) const {
  const Key key = make_key();
  const Certificate certificate = make_certificate(key.get(), "test server", subject);
  extend(certificate.get(), NID_subject_alt_name, subject.names);
  sign(certificate.get(), X509_get_subject_name(certificate_.get()), key_.get());
  return {pem_of(certificate.get()), pem_of(key.get())};
}

TlsIdentity self_signed(const TlsSubject& subject) {
  const Key key = make_key();
  const Certificate certificate = make_certificate(key.get(), "test server", subject);
  extend(certificate.get(), NID_subject_alt_name, subject.names);
  sign(certificate.get(), X509_get_subject_name(certificate.get()), key.get());
  return {pem_of(certificate.get()), pem_of(key.get())};
}

TempFile::TempFile(const std::string& content) {
  std::string pattern = (std::filesystem::temp_directory_path() / "tagscout-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  path_ = directory_ + "/file";
  std::ofstream(path_, std::ios::binary) << content;
}

TempFile::~TempFile() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace tagscout
