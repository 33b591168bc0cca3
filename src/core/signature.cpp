#include <reseau/signature.h>

#include <algorithm>

namespace reseau {
namespace {

struct AlgorithmFacts {
  std::string_view name;
  int version;
  std::size_t width;
};

// In the order of Algorithm.
constexpr std::array<AlgorithmFacts, kAlgorithms.size()> kFacts = {
    {{"grid", 1, 96}, {"pdq", 1, 32}}};

const AlgorithmFacts& facts(Algorithm algorithm) {
  return kFacts.at(static_cast<std::size_t>(algorithm));
}

}  // namespace

int current_version(Algorithm algorithm) { return facts(algorithm).version; }
std::size_t width_of(Algorithm algorithm) { return facts(algorithm).width; }
std::string_view name(Algorithm algorithm) { return facts(algorithm).name; }

Result<Algorithm> algorithm_named(std::string_view name) {
  for (const Algorithm algorithm : kAlgorithms) {
    if (facts(algorithm).name == name) return algorithm;
  }
  return Error{Code::invalid_argument,
               "no algorithm is called " + std::string(name) + "; there are grid and pdq"};
}

Result<Signature> Signature::from_bytes(Algorithm algorithm, Bytes bytes) {
  const AlgorithmFacts& fact = facts(algorithm);
  if (bytes.size() != fact.width) {
    return Error{Code::invalid_argument, "a " + std::string(fact.name) + " signature is " +
                                             std::to_string(fact.width) + " bytes, not " +
                                             std::to_string(bytes.size())};
  }
  Signature signature;
  signature.algorithm_ = algorithm;
  signature.version_ = static_cast<std::uint8_t>(fact.version);
  signature.size_ = static_cast<std::uint8_t>(fact.width);
  std::copy(bytes.begin(), bytes.end(), signature.bytes_.begin());
  return signature;
}

Result<Signature> Signature::from_hex(Algorithm algorithm, std::string_view hex) {
  const auto bytes = reseau::from_hex(hex);
  if (!bytes) return bytes.error();
  return from_bytes(algorithm, Bytes(*bytes));
}

Result<Signature> Signature::from_base64(Algorithm algorithm, std::string_view base64) {
  const auto bytes = reseau::from_base64(base64);
  if (!bytes) return bytes.error();
  return from_bytes(algorithm, Bytes(*bytes));
}

std::string Signature::hex() const { return to_hex(bytes()); }
std::string Signature::base64() const { return to_base64(bytes()); }

}  // namespace reseau
