// Tables over codes that the input makes up must give what a plain loop gives, at any limit.
#include <algorithm>
#include <vector>

#include "fuzz/require.h"
#include "index/multi_index.h"
#include "support/hamming.h"

using namespace reseau::detail;
using reseau::Hit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::uint8_t* const end = data + size;
  const auto byte = [&]() -> std::uint8_t { return data == end ? 0 : *data++; };
  const std::size_t pieces = byte() == 0 ? 13 : 16;  // thirteen take ten times as long to build
  const unsigned how = byte();
  const int limit = static_cast<int>(how % 96);
  const std::size_t each = how < 192 ? 300 : 1;  // codes a chunk, of which there may be many
  HammingCode query{};
  for (auto& word : query) word = byte() * 0x0101010101010101U;
  // Codes differ from the query in bits that the input names, mostly a few more than the one
  // before.
  std::vector<HammingCode> codes;
  HammingCode code = query;
  while (data != end && codes.size() < 300) {
    const unsigned what = byte();
    if (what % 16 == 0) code = query;
    for (unsigned flips = what / 16; flips > 0; --flips) {
      const unsigned bit = byte();
      code[bit / 64] ^= std::uint64_t{1} << bit % 64;
    }
    codes.push_back(code);
  }
  const auto chunks = reseau::test::chunks_of(codes, each);
  const auto index = MultiIndex::build(chunks, {}, pieces);
  std::vector<Hit> hits;
  if (!index->within(chunks.data(), query, limit, 1e9, hits)) return 0;
  std::sort(hits.begin(), hits.end());
  require(hits == reseau::test::plain_within(codes, query, limit));
  return 0;
}
