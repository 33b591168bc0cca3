/// Made-up signatures for tests.
#pragma once

#include <random>
#include <string>
#include <vector>

#include <reseau/signature.h>

namespace reseau::test {

inline Signature signature_of(Algorithm algorithm, const std::vector<std::uint8_t>& bytes) {
  return Signature::from_bytes(algorithm, Bytes(bytes)).value();
}

inline Signature random_signature(Algorithm algorithm, std::mt19937& random) {
  std::vector<std::uint8_t> bytes(width_of(algorithm));
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return signature_of(algorithm, bytes);
}

/// `centre` with `changes` of its bytes moved by one step: a bit for pdq, 1 for grid.
inline Signature near(const Signature& centre, int changes, std::mt19937& random) {
  std::vector<std::uint8_t> bytes(centre.bytes().begin(), centre.bytes().end());
  for (int i = 0; i < changes; ++i) {
    auto& byte = bytes[random() % bytes.size()];
    byte = centre.algorithm() == Algorithm::pdq
               ? static_cast<std::uint8_t>(byte ^ (1U << random() % 8))
               : static_cast<std::uint8_t>(byte + 1);
  }
  return signature_of(centre.algorithm(), bytes);
}

/// All of its values are `value`, so that it is known again however they are laid out.
inline Signature even_signature(Algorithm algorithm, std::uint8_t value) {
  return signature_of(algorithm, std::vector<std::uint8_t>(width_of(algorithm), value));
}

/// Whether an even signature stands in a saved index of grid: its first 32 values, four by four.
inline bool has_even_grid(const std::string& file, std::uint8_t value) {
  const std::string four(4, static_cast<char>(value));
  for (auto at = file.find(four); at != std::string::npos; at = file.find(four, at + 1)) {
    std::size_t quads = 1;
    while (quads < 8 && file.compare(at + 64 * quads, 4, four) == 0) ++quads;
    if (quads == 8) return true;
  }
  return false;
}

}  // namespace reseau::test
