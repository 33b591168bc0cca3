#include "made_up.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace reseau::bench {

Signature between(const Signature& a, const Signature& b, double share) {
  std::vector<double> sum;
  double squares = 0;
  for (std::size_t i = 0; i < a.bytes().size(); ++i) {
    const auto value = [i](const Signature& s) {
      return static_cast<double>(static_cast<std::int8_t>(s.bytes()[i]));
    };
    sum.push_back((1 - share) * value(a) + share * value(b));
    squares += sum.back() * sum.back();
  }
  constexpr double kLength = 317.5;
  std::vector<std::uint8_t> bytes;
  for (const double value : sum) {
    const double scaled =
        std::clamp(std::round(value * kLength / std::sqrt(squares)), -127.0, 127.0);
    bytes.push_back(static_cast<std::uint8_t>(static_cast<std::int8_t>(scaled)));
  }
  return Signature::from_bytes(Algorithm::grid, Bytes(bytes)).value();
}

}  // namespace reseau::bench
