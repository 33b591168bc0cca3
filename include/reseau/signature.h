/// Signatures: what an image is reduced to, how far apart two of them are, and their text forms.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <reseau/bytes.h>
#include <reseau/result.h>

namespace reseau {

/// The perceptual kinds. Each has a fixed width and a metric; unlike kinds never compare.
///
/// | algorithm | version | bytes | distance                                     |
/// |-----------|---------|-------|----------------------------------------------|
/// | grid      | 1       | 96    | squared L2 of the bytes read as int8         |
/// | pdq       | 1       | 32    | Hamming, in bits: 0 to 256                   |
enum class Algorithm : std::uint8_t { grid, pdq };

inline constexpr std::array kAlgorithms = {Algorithm::grid, Algorithm::pdq};

/// The version that this library computes, and the width in bytes that goes with it.
[[nodiscard]] RESEAU_API int current_version(Algorithm algorithm);
[[nodiscard]] RESEAU_API std::size_t width_of(Algorithm algorithm);

/// "grid" or "pdq"; and back.
[[nodiscard]] RESEAU_API std::string_view name(Algorithm algorithm);
[[nodiscard]] RESEAU_API Result<Algorithm> algorithm_named(std::string_view name);

/// One perceptual signature: algorithm, version, and the bytes. A value: copy it freely.
class RESEAU_API Signature {
 public:
  static constexpr std::size_t kMaxBytes = 96;

  /// Of no width; compares with none.
  Signature() = default;

  /// Fails: invalid_argument if `bytes` is not as wide as the algorithm's current version.
  static Result<Signature> from_bytes(Algorithm algorithm, Bytes bytes);
  /// Hex digits of either case, two a byte; for pdq the order of Meta's text form.
  static Result<Signature> from_hex(Algorithm algorithm, std::string_view hex);
  /// Standard base64 (RFC 4648 section 4), with padding.
  static Result<Signature> from_base64(Algorithm algorithm, std::string_view base64);

  [[nodiscard]] Algorithm algorithm() const noexcept { return algorithm_; }
  [[nodiscard]] int version() const noexcept { return version_; }
  [[nodiscard]] Bytes bytes() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] std::string hex() const;  ///< lower case
  [[nodiscard]] std::string base64() const;

  friend bool operator==(const Signature&, const Signature&) = default;

 private:
  Algorithm algorithm_ = Algorithm::grid;
  std::uint8_t version_ = 0;
  std::uint8_t size_ = 0;
  std::array<std::uint8_t, kMaxBytes> bytes_{};
};

/// Inclusive: a pair exactly this far apart matches. Bits for pdq, squared L2 of the stored
/// integers for grid; after alignment, robust distances (GridAligner).
struct MaxDistance {
  int value = 0;
  friend auto operator<=>(const MaxDistance&, const MaxDistance&) = default;
};

/// How far apart two signatures are; 0 for equal ones.
/// Fails: unlike_signatures if algorithm or version differ.
[[nodiscard]] RESEAU_API Result<int> distance(const Signature& a, const Signature& b);

/// Exact digests of the bytes of a file.
struct Digests {
  std::array<std::uint8_t, 32> sha256{};
  std::array<std::uint8_t, 20> sha1{};
  std::array<std::uint8_t, 16> md5{};
  friend bool operator==(const Digests&, const Digests&) = default;
};

/// Bytes to text and back, for digests and signatures alike.
[[nodiscard]] RESEAU_API std::string to_hex(Bytes bytes);                     ///< lower case
[[nodiscard]] RESEAU_API Result<std::string> from_hex(std::string_view hex);  ///< the bytes
[[nodiscard]] RESEAU_API std::string to_base64(Bytes bytes);
[[nodiscard]] RESEAU_API Result<std::string> from_base64(std::string_view base64);  ///< the bytes

}  // namespace reseau
