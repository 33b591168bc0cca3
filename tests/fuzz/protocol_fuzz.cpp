// A worker that is in an attacker's hands says anything at all: what is believed is within the
// limits, and nothing is read beyond the memory that is there.
#include <cstring>
#include <vector>

#include "fuzz/require.h"
#include "isolate/protocol.h"

using namespace reseau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  detail::Report report;
  std::memcpy(static_cast<void*>(&report), data, std::min(size, sizeof(report)));
  if (size % 2 == 0) report.magic = detail::kMagic;
  Limits limits;
  limits.max_pixels = 4096;
  const std::vector<std::uint8_t> file(64, 1);
  const std::vector<std::uint8_t> output(3 * 1000, 2);
  if (const auto picture = detail::believe_picture(report, Bytes(file), limits, Bytes(output))) {
    const auto pixels =
        static_cast<std::uint64_t>(picture->image.width()) * picture->image.height();
    require(pixels >= 1 && pixels <= limits.max_pixels);
    require(pixels * bytes_per_pixel(picture->image.layout()) <= output.size());
    require(picture->completeness > 0 && picture->completeness <= 1);
    require(picture->image.row(picture->image.height() - 1)[0] == 2);
    require(describe(picture->part).size() < 100);
  }
  for (const int pictures : {0, 3}) {
    const auto end = detail::believe_end(report, Bytes(file), pictures);
    if (!end) continue;
    const auto check = [](const Error& error) {
      require(is_outcome(error.code) && error.code != Code::ok && !error.message.empty());
      for (const char c : error.message) require(c >= ' ' && c <= '~');
    };
    if (!*end) check(end->error());
    if (*end && (*end)->stopped) check(*(*end)->stopped);
  }
  return 0;
}
