#include <reseau/index.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <climits>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "index/snapshot.h"
#include "support/signatures.h"
#include "support/temp_dir.h"

using namespace reseau;
using test::random_signature;

namespace {

struct World {
  Algorithm algorithm;
  std::vector<std::int64_t> ids;
  std::vector<Signature> signatures;
  Index index;

  World(Algorithm a, std::size_t size, std::mt19937& random) : algorithm(a), ids(size), index(a) {
    std::iota(ids.begin(), ids.end(), -3);
    for (std::size_t i = 0; i < size; ++i) signatures.push_back(random_signature(a, random));
    if (!index.add(ids, signatures)) throw std::runtime_error("add");
  }
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("A saved index is found again whole, and what was removed is not in the file") {
  std::mt19937 random(31);
  for (const Algorithm algorithm : kAlgorithms) {
    const test::TempDir dir;
    const std::string path = dir / "an.index";
    World world(algorithm, 70'000, random);
    const std::vector<std::int64_t> gone = {-3, 5, 69'000};
    REQUIRE(world.index.settle());
    REQUIRE(world.index.remove(gone));
    const auto digest = world.index.save(path);
    REQUIRE(digest);
    CHECK(std::filesystem::status(path).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK_FALSE(std::filesystem::exists(path + ".part"));
    const std::string file = contents(path);
    Index never_had_them(algorithm);
    for (const auto& [first, last] : {std::pair{1U, 8U}, {9U, 69'003U}, {69'004U, 70'000U}}) {
      const auto part = [first, last](auto& all) {
        return std::span(all).subspan(first, last - first);
      };
      REQUIRE(never_had_them.add(part(world.ids), part(world.signatures)));
    }
    REQUIRE(never_had_them.save(dir / "another.index"));
    CHECK(file == contents(dir / "another.index"));
    for (const int threads : {0, 1}) {
      auto loaded = Index::load(path, algorithm, *digest, {}, threads);
      REQUIRE(loaded);
      CHECK(loaded->size() == world.index.size());
      for (int i = 0; i < 10; ++i) {
        const Signature query = test::near(world.signatures[random() % 70'000], 3, random);
        CHECK(loaded->within(query, {INT_MAX}).value() ==
              world.index.within(query, {INT_MAX}).value());
      }
      REQUIRE(loaded->add(gone[0], world.signatures[0]));
      CHECK(loaded->within(world.signatures[0], {0})->size() == 1);
      CHECK(loaded->add(gone[0], world.signatures[0]).error().code == Code::already_exists);
    }
    // Saved again, over the first: then the first digest is of no use any more.
    const auto next = world.index.save(path);
    REQUIRE(next);
    REQUIRE(world.index.remove(std::vector<std::int64_t>{6}));
    REQUIRE(world.index.save(path));
    CHECK(Index::load(path, algorithm, *next).error().code == Code::snapshot_damaged);
  }
}

TEST_CASE("No flipped bit and no cut of a saved index is ever read as data") {
  std::mt19937 random(32);
  const test::TempDir dir;
  const std::string path = dir / "an.index";
  World world(Algorithm::pdq, 5, random);
  const auto digest = world.index.save(path).value();
  const std::string file = contents(path);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    if (file[at] == 0 && at % 61 != 0) continue;  // most of it is room between the blocks
    std::string bad = file;
    bad[at] = static_cast<char>(bad[at] ^ (1 << random() % 8));
    write(path, bad);
    const auto loaded = Index::load(path, Algorithm::pdq, digest);
    if (loaded) {
      REQUIRE(file[at] == 0);
      REQUIRE(loaded->within(world.signatures[2], {INT_MAX}).value() ==
              world.index.within(world.signatures[2], {INT_MAX}).value());
      continue;
    }
    ++refused;
    const Code code = loaded.error().code;
    REQUIRE((code == Code::snapshot_damaged || code == Code::snapshot_foreign));
  }
  CHECK(refused > 250);
  for (std::size_t size = 0; size < file.size(); size += 1 + size / 20) {
    write(path, file.substr(0, size));
    REQUIRE(Index::load(path, Algorithm::pdq, digest).error().code == Code::snapshot_damaged);
  }
  std::filesystem::remove(path);
  CHECK(Index::load(path, Algorithm::pdq, digest).error().code == Code::io_error);
  CHECK(Index::load(dir / ".", Algorithm::pdq, digest).error().code == Code::io_error);
}

TEST_CASE("A directory whose digest somebody made to fit is still read with care") {
  const test::TempDir dir;
  const std::string path = dir / "an.index";
  const detail::SnapshotKind kind{static_cast<std::uint32_t>(Algorithm::pdq), 1, 32, {}};
  const auto loads = [&](std::size_t entries) {
    detail::SnapshotWriter writer(path, kind);
    const std::vector<detail::Id> ids(entries);
    const std::vector<std::uint8_t> rows(entries * 32);
    writer.add(ids, std::vector{std::span<const std::uint8_t>(rows)});
    return Index::load(path, Algorithm::pdq, writer.finish());
  };
  CHECK(loads(1).value().size() == 1);
  // Offsets of what is found would overflow, and what has no ids has no least of them.
  for (const std::size_t entries : {std::size_t{0}, detail::kChunk + 1})
    CHECK(loads(entries).error().code == Code::snapshot_damaged);
}

TEST_CASE("A snapshot of another bank, algorithm or moment is refused by name") {
  std::mt19937 random(33);
  const test::TempDir dir;
  const std::string path = dir / "an.index";
  World world(Algorithm::pdq, 3, random);
  const SnapshotOwner ours = {1};
  const SnapshotOwner others = {2};
  const auto digest = world.index.save(path, ours).value();
  CHECK(Index::load(path, Algorithm::pdq, digest, ours).value().size() == 3);
  CHECK(Index::load(path, Algorithm::pdq, digest, others).error().code == Code::snapshot_foreign);
  CHECK(Index::load(path, Algorithm::grid, digest, ours).error().code == Code::snapshot_foreign);
  SnapshotDigest wrong = digest;
  wrong[31] ^= 1;
  CHECK(Index::load(path, Algorithm::pdq, wrong, ours).error().code == Code::snapshot_damaged);
  Index empty(Algorithm::grid);
  const auto of_nothing = empty.save(path).value();
  CHECK(Index::load(path, Algorithm::grid, of_nothing).value().size() == 0);
}

TEST_CASE("A snapshot that cannot be written leaves the one before as it was") {
  std::mt19937 random(34);
  const test::TempDir dir;
  const std::string path = dir / "an.index";
  World world(Algorithm::grid, 4000, random);
  const auto digest = world.index.save(path).value();
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit little{50'000, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &little);
  const auto failed = world.index.save(path);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  REQUIRE(failed.error().code == Code::disk_full);
  CHECK_FALSE(std::filesystem::exists(path + ".part"));
  CHECK(Index::load(path, Algorithm::grid, digest).value().size() == 4000);
  CHECK(world.index.save(dir / "none/an.index").error().code == Code::io_error);
  // What a killed process has left is no obstacle.
  write(path + ".part", "half");
  CHECK(world.index.save(path).ok());
}
