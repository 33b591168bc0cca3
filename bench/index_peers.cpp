#include "index_peers.h"

#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <malloc.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace reseau::bench {
namespace {

// Made up and added so many at a time.
constexpr std::size_t kAtOnce = 65'536;

void add_to(Index& index, std::size_t first, const std::vector<Signature>& signatures) {
  std::vector<std::int64_t> ids(signatures.size());
  std::iota(ids.begin(), ids.end(), static_cast<std::int64_t>(first));
  if (!index.add(ids, signatures)) throw std::runtime_error("add failed");
}

class Ours : public Peer {
 public:
  explicit Ours(Algorithm algorithm, IndexKind kind = IndexKind::exact) : index_(algorithm, kind) {}
  void add(std::size_t first, const std::vector<Signature>& signatures) override {
    add_to(index_, first, signatures);
  }
  void settle() override {
    if (!index_.settle()) throw std::runtime_error("settle failed");
  }
  std::vector<std::vector<Hit>> find(const std::vector<Signature>& queries,
                                     MaxDistance limit) override {
    return index_.within(queries, limit).value();
  }

 private:
  Index index_;
};

// FAISS's classes take bits as bytes, and whole numbers as floats.
template <typename Component>
std::vector<Component> components(const std::vector<Signature>& signatures) {
  std::vector<Component> all;
  for (const Signature& s : signatures) {
    for (const std::uint8_t byte : s.bytes()) {
      if constexpr (std::is_same_v<Component, float>) {
        all.push_back(static_cast<float>(static_cast<std::int8_t>(byte)));
      } else {
        all.push_back(byte);
      }
    }
  }
  return all;
}

template <typename Faiss>
class Theirs : public Peer {
 public:
  template <typename... How>
  explicit Theirs(How... how) : index_(how...) {}
  void add(std::size_t, const std::vector<Signature>& signatures) override {
    index_.add(static_cast<std::int64_t>(signatures.size()), components<C>(signatures).data());
  }
  std::vector<std::vector<Hit>> find(const std::vector<Signature>& queries,
                                     MaxDistance limit) override {
    faiss::RangeSearchResult found(static_cast<std::int64_t>(queries.size()));
    index_.range_search(static_cast<std::int64_t>(queries.size()), components<C>(queries).data(),
                        static_cast<D>(limit.value + 1), &found);
    std::vector<std::vector<Hit>> lists(queries.size());
    for (std::size_t q = 0; q < lists.size(); ++q) {
      for (std::size_t i = found.lims[q]; i < found.lims[q + 1]; ++i)
        lists[q].push_back({found.labels[i], static_cast<int>(found.distances[i])});
      std::sort(lists[q].begin(), lists[q].end(), [](const Hit& a, const Hit& b) {
        return std::pair(a.distance, a.id) < std::pair(b.distance, b.id);
      });
      // Its multi-hash gives an entry once for each table that has it.
      lists[q].erase(std::unique(lists[q].begin(), lists[q].end()), lists[q].end());
    }
    return lists;
  }
  Faiss& index() { return index_; }

 private:
  using C = typename Faiss::component_t;
  using D = typename Faiss::distance_t;
  Faiss index_;
};

// As many lists as ours has at most, of single views; one in 32 is read for each.
class TheirIvf : public Theirs<faiss::IndexIVFFlat> {
 public:
  explicit TheirIvf(std::unique_ptr<faiss::IndexFlatL2> centroids, std::size_t lists)
      : Theirs(centroids.get(), 96, lists), centroids_(std::move(centroids)) {
    index().cp.niter = 8;
    index().cp.max_points_per_centroid = 64;
    index().nprobe = lists / 32;
  }
  void add(std::size_t, const std::vector<Signature>& signatures) override {
    const auto x = components<float>(signatures);
    held_.insert(held_.end(), x.begin(), x.end());
  }
  void settle() override {
    index().train(static_cast<std::int64_t>(held_.size() / 96), held_.data());
    index().add(static_cast<std::int64_t>(held_.size() / 96), held_.data());
    held_ = {};
  }

 private:
  std::unique_ptr<faiss::IndexFlatL2> centroids_;
  std::vector<float> held_;
};

std::size_t resident_bytes() {
  malloc_trim(0);
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::unique_ptr<Peer> make_peer(const std::string& name, Algorithm algorithm) {
  omp_set_num_threads(1);
  if (name == "reseau") return std::make_unique<Ours>(algorithm);
  if (name == "reseau_ivf") return std::make_unique<Ours>(algorithm, IndexKind::ivf);
  if (name == "faiss_ivf" && algorithm == Algorithm::grid) {
    constexpr std::size_t kLists = 4096;
    return std::make_unique<TheirIvf>(std::make_unique<faiss::IndexFlatL2>(96), kLists);
  }
  if (name == "faiss_flat" && algorithm == Algorithm::grid)
    return std::make_unique<Theirs<faiss::IndexFlatL2>>(96);
  if (name == "faiss_flat") return std::make_unique<Theirs<faiss::IndexBinaryFlat>>(256);
  if (name == "faiss_multihash") {
    // Sixteen pieces of sixteen bits, one flip: complete up to 31.
    auto peer = std::make_unique<Theirs<faiss::IndexBinaryMultiHash>>(256, 16, 16);
    peer->index().nflip = 1;
    return peer;
  }
  throw std::runtime_error("no such peer: " + name);
}

Index indexed(const IndexData& data) {
  Index index(data.algorithm());
  for (std::size_t first = 0; first < data.size(); first += kAtOnce)
    add_to(index, first, data.some(first, std::min(kAtOnce, data.size() - first)));
  if (!index.settle()) throw std::runtime_error("settle failed");
  return index;
}

Filled filled(const std::string& name, const IndexData& data) {
  Filled result;
  const std::size_t before = resident_bytes();
  result.peer = make_peer(name, data.algorithm());
  using Clock = std::chrono::steady_clock;
  Clock::duration spent{};
  for (std::size_t first = 0; first < data.size(); first += kAtOnce) {
    const auto some = data.some(first, std::min(kAtOnce, data.size() - first));
    const auto start = Clock::now();
    result.peer->add(first, some);
    spent += Clock::now() - start;
  }
  const auto start = Clock::now();
  result.peer->settle();
  spent += Clock::now() - start;
  result.seconds = std::chrono::duration<double>(spent).count();
  result.bytes_per_entry =
      static_cast<double>(resident_bytes() - before) / static_cast<double>(data.size());
  return result;
}

}  // namespace reseau::bench
