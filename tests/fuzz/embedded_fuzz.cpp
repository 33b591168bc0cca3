// Any bytes at all, as a file that may hold others: what is told of lies within it, in its order.
#include <reseau/image.h>

#include "fuzz/require.h"

using namespace reseau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes file(data, size);
  const EmbeddedFiles found = find_embedded(file);
  std::uint64_t last = 0;
  for (const Embedded& embedded : found.files) {
    require(embedded.offset >= last && embedded.offset < embedded.end && embedded.end <= size);
    require(embedded.format.media != Media::none);
    last = embedded.offset;
  }
  return 0;
}
