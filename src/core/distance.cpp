// The plain metrics, one pair at a time: what every faster way is held against.
#include <bit>

#include <reseau/signature.h>

#include "core/distance.h"

namespace reseau {
namespace {

int hamming(Bytes a, Bytes b) {
  int bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    bits += std::popcount(static_cast<std::uint8_t>(a[i] ^ b[i]));
  return bits;
}

}  // namespace

int detail::squared_l2(Bytes a, Bytes b) {
  int sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int difference = static_cast<std::int8_t>(a[i]) - static_cast<std::int8_t>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

Result<int> distance(const Signature& a, const Signature& b) {
  if (a.algorithm() != b.algorithm() || a.version() != b.version() || a.bytes().empty() ||
      a.bytes().size() != b.bytes().size()) {
    return Error{Code::unlike_signatures, "cannot compare " + std::string(name(a.algorithm())) +
                                              " version " + std::to_string(a.version()) + " with " +
                                              std::string(name(b.algorithm())) + " version " +
                                              std::to_string(b.version())};
  }
  return a.algorithm() == Algorithm::pdq ? hamming(a.bytes(), b.bytes())
                                         : detail::squared_l2(a.bytes(), b.bytes());
}

}  // namespace reseau
