// An authority and its certificates, made when the test runs: no key lies around anywhere.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>

namespace tagscout {

struct TlsIdentity {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

// What a certificate is to say.
struct TlsSubject {
  std::string names = "DNS:localhost,IP:127.0.0.1";  // subjectAltName, as OpenSSL writes it
  std::chrono::seconds valid_from = std::chrono::hours(-24);  // from now
  std::chrono::seconds valid_to = std::chrono::hours(24);
};

class TlsAuthority {
 public:
  TlsAuthority();
  ~TlsAuthority();

  // Its own certificate, PEM.
  std::string certificate() const;
  // A server's identity, signed by it.
  TlsIdentity issue(const TlsSubject& subject) const;

 private:
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> certificate_;
};

// A server's identity signed by nobody but itself.
TlsIdentity self_signed(const TlsSubject& subject);

// A file in a fresh directory, removed with the object.
class TempFile {
 public:
  explicit TempFile(const std::string& content);
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile();
  const std::string& path() const { return path_; }

 private:
  std::string directory_;
  std::string path_;
};

}  // namespace tagscout
