#include <catch2/catch.hpp>

#include "bank/helpers.h"
#include "support/child.h"

using namespace reseau;
using namespace reseau::test;

namespace {

// Every file in the folder, read by another process: closing a file here would drop SQLite's locks.
bool anywhere(const TempDir& folder, const std::vector<std::string>& needles) {
  Child child([&] {
    std::string bytes;
    for (const auto& name : names_in(folder)) bytes += slurp(folder / name);
    for (const auto& needle : needles) {
      if (bytes.find(needle) != std::string::npos) return 1;
    }
    return 0;
  });
  return child.wait() != 0;
}

// Pieces of all that tells one entry from others.
std::vector<std::string> traces(const EntryData& data) {
  std::vector<std::string> pieces;
  const auto piece = [&pieces](Bytes bytes, std::size_t from) {
    pieces.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                        bytes.begin() + static_cast<std::ptrdiff_t>(from + 8));
  };
  for (std::size_t from = 0; from + 8 <= 96; from += 8) piece(data.grid->bytes(), from);
  for (const std::size_t from : {0U, 8U, 16U, 24U}) {
    piece(data.pdq->bytes(), from);
    piece(Bytes(*data.sha256), from);
  }
  piece(Bytes(*data.sha1), 0);
  piece(Bytes(*data.sha1), 12);
  piece(Bytes(*data.md5), 0);
  piece(Bytes(*data.md5), 8);
  pieces.push_back(data.origin);
  for (const auto& label : data.labels) pieces.push_back(label);
  return pieces;
}

}  // namespace

TEST_CASE("A removed entry's bytes are in no file any more, while the bank is still open") {
  const TempDir folder;
  std::mt19937 random(1);
  Bank bank = Bank::create(folder / "b").value();
  std::vector<EntryData> removed;
  std::vector<EntryData> kept;
  EntryId next = 1;
  for (int round = 0; round < 5; ++round) {
    auto entries = random_entries(150, random);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      entries[i].labels = {"label " + std::to_string(random())};
      // Some larger than a page, whose rest stands elsewhere.
      if (i % 20 == 0) entries[i].origin += std::string(6000, 'x') + std::to_string(random());
    }
    REQUIRE(bank.add(entries));
    // More labels: the row is written anew, and the old one must go as well.
    for (std::size_t i = 0; i < entries.size(); i += 15) {
      auto more = entries[i];
      more.labels = {"more " + std::to_string(random())};
      REQUIRE(bank.add({&more, 1}).value().front().existing);
      entries[i].labels.push_back(more.labels[0]);
    }
    std::vector<EntryId> gone;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i % 3 == 0 || round % 3 == 1) {
        gone.push_back(next + static_cast<EntryId>(i));
        removed.push_back(entries[i]);
      } else {
        kept.push_back(entries[i]);
      }
    }
    next += 150;
    REQUIRE(bank.remove(gone));
  }
  REQUIRE(bank.size() == kept.size());
  REQUIRE(anywhere(folder, {std::string(traces(kept.front())[3])}));  // the search does find
  std::vector<std::string> all;
  for (const auto& entry : removed) {
    const auto some = traces(entry);
    all.insert(all.end(), some.begin(), some.end());
  }
  REQUIRE_FALSE(anywhere(folder, all));
  for (const auto& entry : removed) REQUIRE(bank.find(digests_of(entry)).value().empty());
}

TEST_CASE("A removal that a reader kept from being cleaned is cleaned by who opens to write next") {
  const TempDir folder;
  std::mt19937 random(2);
  auto entries = random_entries(5, random);
  (void)Bank::create(folder / "b").value();
  Child crash([&] {
    Bank bank = Bank::open(folder / "b", Bank::Mode::write).value();
    if (!bank.add(entries)) return 1;
    kill(getpid(), SIGKILL);  // the journal stays
    return 0;
  });
  REQUIRE(crash.wait() == 1000 + SIGKILL);
  REQUIRE(std::filesystem::file_size(folder / "b-wal") > 0);
  const Bank bank = Bank::open(folder / "b", Bank::Mode::write).value();
  REQUIRE(bank.size() == 5);
  REQUIRE(std::filesystem::file_size(folder / "b-wal") == 0);
}
