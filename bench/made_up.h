/// Signatures that are made up of photographs', as far apart as strangers are.
#pragma once

#include <reseau/signature.h>

namespace reseau::bench {

/// Of grid: so much of the way from the one to the other, at the length that photographs' have.
[[nodiscard]] Signature between(const Signature& a, const Signature& b, double share = 0.5);

}  // namespace reseau::bench
