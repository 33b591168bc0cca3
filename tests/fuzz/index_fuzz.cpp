// An index is changed and asked as the input says, and has to answer as a map would.
#include <reseau/index.h>

#include <algorithm>
#include <climits>
#include <map>
#include <vector>

#include "fuzz/require.h"

namespace {

using namespace reseau;

// Bytes of the input, and zeros after its end.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : at_(data), left_(size) {}
  [[nodiscard]] bool empty() const { return left_ == 0; }
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *at_++;
  }

 private:
  const std::uint8_t* at_;
  std::size_t left_;
};

// Of few kinds, so that many are equal, or near each other, or lie at a limit.
Signature signature(Algorithm algorithm, Input& input) {
  std::vector<std::uint8_t> bytes(width_of(algorithm), input.byte());
  for (unsigned changes = input.byte() % 8; changes > 0; --changes)
    bytes[input.byte() % bytes.size()] = input.byte();
  return Signature::from_bytes(algorithm, Bytes(bytes)).value();
}

using Model = std::map<std::int64_t, Signature>;

std::vector<Hit> scan(const Model& model, const Signature& query, int limit) {
  std::vector<Hit> hits;
  for (const auto& [id, known] : model) {
    const int apart = distance(query, known).value();
    if (apart <= limit) hits.push_back({id, apart});
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return std::pair(a.distance, a.id) < std::pair(b.distance, b.id);
  });
  return hits;
}

void ask(const Index& index, const Model& model, Input& input) {
  const std::vector<Signature> queries = {signature(index.algorithm(), input),
                                          signature(index.algorithm(), input)};
  const auto all = scan(model, queries[0], INT_MAX);
  // As often as not exactly as far as one is, or one less.
  int limit = input.byte() * (index.algorithm() == Algorithm::grid ? 9000 : 1);
  if (!all.empty() && input.byte() % 2 == 0)
    limit = all[input.byte() % all.size()].distance - input.byte() % 2;
  const auto lists = index.within(queries, {limit}, 1 + input.byte() % 2).value();
  for (std::size_t q = 0; q < queries.size(); ++q)
    require(lists[q] == scan(model, queries[q], limit));
  const std::size_t k = input.byte() % 8;
  auto nearest = scan(model, queries[0], limit);
  nearest.resize(std::min(nearest.size(), k));
  require(index.nearest(std::span(queries.data(), 1), k, {limit}).value()[0] == nearest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Algorithm algorithm = input.byte() % 2 == 0 ? Algorithm::grid : Algorithm::pdq;
  Index index(algorithm);
  Model model;
  while (!input.empty()) {
    const unsigned what = input.byte() % 8;
    std::vector<std::int64_t> ids;
    std::vector<Signature> signatures;
    for (unsigned n = 1 + input.byte() % 40; n > 0; --n) {
      ids.push_back(input.byte() % 64 * (what % 2 == 0 ? 1 : std::int64_t{1} << 50));
      signatures.push_back(signature(algorithm, input));
    }
    const auto known = [&](std::int64_t id) { return model.contains(id); };
    auto sorted = ids;
    std::sort(sorted.begin(), sorted.end());
    const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    const bool all = std::all_of(ids.begin(), ids.end(), known);
    const bool none = std::none_of(ids.begin(), ids.end(), known);
    if (what < 4) {
      const bool added = index.add(ids, signatures).ok();
      require(added == (none && !twice));
      for (std::size_t i = 0; added && i < ids.size(); ++i) model.emplace(ids[i], signatures[i]);
    } else if (what < 6) {
      const bool removed = index.remove(ids).ok();
      require(removed == all);
      for (std::size_t i = 0; removed && i < ids.size(); ++i) model.erase(ids[i]);
    } else if (what == 6) {
      const bool replaced = index.replace(ids, signatures).ok();
      require(replaced == (all && !twice));
      for (std::size_t i = 0; replaced && i < ids.size(); ++i) model[ids[i]] = signatures[i];
    } else {
      require(index.settle().ok());
    }
    require(index.size() == model.size());
    ask(index, model, input);
  }
  return 0;
}
