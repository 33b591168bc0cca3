// The files that a bank's indexes are saved in, by somebody who has made the digests fit: refused,
// or an index that answers as any other. Built for fuzzing, digests are not compared at all.
#include <reseau/hash.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "bank/saved.h"
#include "fuzz/require.h"
#include "support/temp_dir.h"

using namespace reseau;

namespace {

struct Folder : test::TempDir {
  // No input is an index of both kinds.
  Folder() { require(Index(Algorithm::pdq).save(*this / "b-pdq").ok()); }
};

void ask(const Index& index) {
  const std::vector<std::uint8_t> zeros(width_of(index.algorithm()));
  const auto query = Signature::from_bytes(index.algorithm(), Bytes(zeros));
  const auto hits = index.nearest(*query, 3);
  require(hits && hits->size() == std::min<std::size_t>(index.size(), 3));
  require(index.within(*query, {1'000}).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  // The digest of the header, which vouches for all else, fits.
  constexpr std::size_t kHeader = 128;
  const Digests known = digests(Bytes(data, std::min(size, kHeader)));
  const std::string path = folder / "b-grid";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  for (const IndexKind kind : {IndexKind::exact, IndexKind::ivf}) {
    if (const auto grid = Index::load(path, Algorithm::grid, known.sha256, {}, 1, kind)) ask(*grid);
    if (const auto derived = detail::load(folder / "b", {}, known.sha256, kind)) {
      ask(derived->grid);
      require(derived->catalogue.finder.candidates(known).size() <= size);
    }
  }
  if (const auto pdq = Index::load(path, Algorithm::pdq, known.sha256, {}, 1)) ask(*pdq);
  return 0;
}
