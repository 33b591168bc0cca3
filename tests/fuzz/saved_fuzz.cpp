// The files that a bank's indexes are saved in, by somebody who has made the digests fit: refused,
// or an index that answers as any other. Built for fuzzing, digests are not compared at all.
#include <reseau/hash.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "bank/saved.h"
#include "fuzz/require.h"

using namespace reseau;

namespace {

// In memory, where there is such a folder.
class Folder {
 public:
  Folder() {
    const bool in_memory = access("/dev/shm", W_OK) == 0;
    path_ = std::string(in_memory ? "/dev/shm" : "/tmp") + "/reseau-fuzz-XXXXXX";
    require(mkdtemp(path_.data()) != nullptr);
    // No input is an index of both kinds.
    require(Index(Algorithm::pdq).save(bank() + "-pdq").ok());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    for (const char* suffix : detail::kSavedFiles) unlink((bank() + suffix).c_str());
    rmdir(path_.c_str());
  }
  [[nodiscard]] std::string bank() const { return path_ + "/b"; }

 private:
  std::string path_;
};

void write(const std::string& path, Bytes bytes) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  require(file >= 0 &&
          ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  close(file);
}

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
  const std::string path = folder.bank() + "-grid";
  write(path, Bytes(data, size));
  for (const IndexKind kind : {IndexKind::exact, IndexKind::ivf}) {
    if (const auto grid = Index::load(path, Algorithm::grid, known.sha256, {}, 1, kind)) ask(*grid);
    if (const auto derived = detail::load(folder.bank(), {}, known.sha256, kind)) {
      ask(derived->grid);
      require(derived->catalogue.finder.candidates(known).size() <= size);
    }
  }
  if (const auto pdq = Index::load(path, Algorithm::pdq, known.sha256, {}, 1)) ask(*pdq);
  return 0;
}
