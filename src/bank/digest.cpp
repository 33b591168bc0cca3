// This work is based on: J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, C. Winnerlein, "BLAKE2:
// simpler, smaller, fast as MD5" (2013; RFC 7693), and, for the sum over digests, on M. Bellare and
// D. Micciancio, "A New Paradigm for Collision-free Hashing: Incrementality at Reduced Cost"
// (1997), AdHASH. It is here against rot and mistakes; whoever can write the file can make it fit.
#include "bank/digest.h"

#include <sodium.h>

#include <stdexcept>

namespace reseau::detail {

Digest digest_of(const BankId& bank, std::int64_t row, Bytes data) {
  std::array<std::uint8_t, 8> place{};
  for (std::size_t i = 0; i < place.size(); ++i)
    place[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(row) >> (8 * i));
  Digest digest{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, bank.data(), bank.size(), digest.size());
  crypto_generichash_update(&state, place.data(), place.size());
  crypto_generichash_update(&state, data.data(), data.size());
  crypto_generichash_final(&state, digest.data(), digest.size());
  return digest;
}

void add_to(Digest& sum, const Digest& digest) {
  sodium_add(sum.data(), digest.data(), sum.size());
}
void take_from(Digest& sum, const Digest& digest) {
  sodium_sub(sum.data(), digest.data(), sum.size());
}

BankId random_bank_id() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium finds no random numbers");
  BankId id{};
  randombytes_buf(id.data(), id.size());
  return id;
}

}  // namespace reseau::detail
