#include <reseau/match.h>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "match/nothings.h"
#include "support/encode.h"
#include "support/temp_dir.h"

namespace {

using namespace reseau;
using namespace reseau::test;

constexpr int kOfEach = 24;

struct Made {
  const Nothing* kind;
  Examined examined;
};

std::vector<Made> make_all() {
  std::vector<Made> all;
  for (const Nothing& kind : nothings()) {
    cv::RNG random(20'260'000 + all.size());
    for (int i = 0; i < kOfEach; ++i) {
      File file;
      cv::imencode(".png", kind.make(random), file);
      all.push_back({&kind, examine(Bytes(file), {}, Level::standard)});
    }
  }
  return all;
}

TEST_CASE("Pictures of nothing are refused by name, and none matches another or a photograph") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank", Level::standard).value();
  const auto made = make_all();
  REQUIRE(made.size() > 500);
  std::vector<EntryData> entries;
  for (const auto& one : made) entries.push_back(one.examined.entry_data());
  for (const auto& file :
       std::filesystem::directory_iterator(RESEAU_SOURCE_DIR "/examples/pictures")) {
    const Examined photograph = examine_file(file.path().string(), {}, Level::standard);
    if (photograph.outcome == Code::ok) entries.push_back(photograph.entry_data());
  }
  REQUIRE(entries.size() >= made.size() + 5);
  const auto added = bank.add(entries).value();
  std::map<std::string_view, int> refused;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto& [kind, query] = made[i];
    INFO(kind->name << " " << i);
    REQUIRE((query.outcome == Code::ok || query.outcome == Code::low_information));
    if (!entries[i].grid && !entries[i].trimmed && !entries[i].pdq) ++refused[kind->name];
    for (const Match& found : match(bank, query).value()) {
      INFO("at " << found.distance << " of " << found.limit.value);
      CHECK(found.entry == added[i].id);
    }
  }
  for (const Nothing& kind : nothings()) {
    INFO(kind.name);
    if (kind.refused) CHECK(refused[kind.name] >= kOfEach - 2);
  }
}

}  // namespace
