#include <openssl/evp.h>
#include <reseau/hash.h>
#include <algorithm>
#include <memory>
#include <stdexcept>

namespace reseau {
namespace {

/// Small enough that all three digests read it from the cache.
constexpr std::size_t kChunk = std::size_t{32} << 10;

class Digest {
 public:
  explicit Digest(const EVP_MD* kind) : context_(EVP_MD_CTX_new()) {
    // Null where a build or a policy of OpenSSL leaves a digest out (FIPS and MD5).
    if (!context_ || kind == nullptr || EVP_DigestInit_ex(context_.get(), kind, nullptr) != 1) {
      throw std::runtime_error("OpenSSL offers no SHA-256, SHA-1 or MD5 here");
    }
  }

  void update(Bytes chunk) { EVP_DigestUpdate(context_.get(), chunk.data(), chunk.size()); }

  template <std::size_t kSize>
  void finish(std::array<std::uint8_t, kSize>& out) {
    EVP_DigestFinal_ex(context_.get(), out.data(), nullptr);
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace

struct Digester::Impl {
  Digest sha256{EVP_sha256()};
  Digest sha1{EVP_sha1()};
  Digest md5{EVP_md5()};
};

Digester::Digester() : impl_(std::make_unique<Impl>()) {}
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;
Digester::~Digester() = default;

void Digester::update(Bytes bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kChunk) {
    const Bytes chunk(bytes.data() + at, std::min(kChunk, bytes.size() - at));
    impl_->sha256.update(chunk);
    impl_->sha1.update(chunk);
    impl_->md5.update(chunk);
  }
}

Digests Digester::finish() {
  Digests result;
  impl_->sha256.finish(result.sha256);
  impl_->sha1.finish(result.sha1);
  impl_->md5.finish(result.md5);
  return result;
}

Digests digests(Bytes bytes) {
  Digester digester;
  digester.update(bytes);
  return digester.finish();
}

}  // namespace reseau
