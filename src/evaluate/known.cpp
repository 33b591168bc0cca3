#include "evaluate/known.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace reseau::evaluation {
namespace {

namespace fs = std::filesystem;

/// A digest that no file has, so that no two entries are taken for one, and those of which nothing
/// else is kept are taken in too. Nothing is asked by its digest here.
void name_by(std::size_t number, EntryData& entry) {
  entry.sha1.reset();
  entry.md5.reset();
  entry.sha256.emplace().fill(0xFF);
  for (std::size_t i = 0; i < sizeof number; ++i) {
    (*entry.sha256)[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
}

/// Entry i + 1 is picture i.
Bank fill(const std::vector<std::vector<EntryData>>& data, std::size_t place, Level level,
          const std::string& path) {
  std::vector<EntryData> entries;
  for (const auto& picture : data) {
    entries.push_back(picture[place]);
    name_by(entries.size(), entries.back());
  }
  Bank bank = Bank::create(path, level).value();
  for (std::size_t i = 0; const Added& added : bank.add(entries).value()) {
    if (added.id != static_cast<EntryId>(++i)) throw std::logic_error("entries are not in order");
  }
  return bank;
}

}  // namespace

Scratch::Scratch() {
  std::error_code missing;
  path_ = (fs::temp_directory_path(missing) / "reseau-evaluate.XXXXXX").string();
  if (missing || ::mkdtemp(path_.data()) == nullptr) {
    throw Failure(
        {Code::io_error, path_ + ": cannot be made; set TMPDIR to a folder that can be written"});
  }
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

bool agrees(std::span<const int> distances) {
  return distances[kPdq] != kNotCompared && distances[kPdq] <= agreeing_pdq();
}

Known::Known(std::vector<Kind> kinds, const std::vector<Level>& levels,
             const std::vector<std::vector<EntryData>>& data, std::vector<OpenCvHashes> opencv,
             const Scratch& scratch, const std::string& name)
    : kinds_(std::move(kinds)), opencv_(std::move(opencv)) {
  for (std::size_t i = 0; i < levels.size(); ++i) {
    banks_.push_back(fill(data, i, levels[i], scratch.file(name + std::to_string(i))));
  }
  for (const auto& picture : data) pdq_.push_back(picture.front().pdq);
}

void Known::look_in(std::size_t bank, const Examined& query, Distances& found) const {
  MatchOptions how;
  how.digests = false;
  how.all = true;
  how.grid.limit = kOpenGrid;
  how.alignment.limit = MaxDistance{GridAligner::kFarthest};
  how.pdq.ask = bank == 0;
  how.pdq.limit = MaxDistance{agreeing_pdq()};
  how.alignment.most = pdq_.size();
  how.alignment.budget = std::chrono::hours(1);  // or figures would hang on the machine
  for (const Match& match : match(banks_[bank], query, how).value()) {
    if (match.entry == kTestCardEntry) continue;
    const auto known = static_cast<std::size_t>(match.entry - 1);
    const std::size_t kind =
        match.kind == MatchKind::pdq ? kPdq : (match.aligned ? kAligned + bank : kGrid);
    found.at(kind, known) = match.distance;
  }
}

Distances Known::distances(const Examined& query, const cv::Mat& pixels,
                           OpenCvHasher& hasher) const {
  Distances found(kinds_.size(), size());
  for (std::size_t bank = 0; bank < banks_.size(); ++bank) look_in(bank, query, found);
  const auto pdq = query.pdq();
  const bool asks_pdq = pdq && query.pdq_quality() >= kMinPdqQuality;
  for (std::size_t i = 0; i < size(); ++i) {
    if (asks_pdq && pdq_[i]) found.at(kPdqAsIs, i) = distance(*pdq, *pdq_[i]).value();
  }
  if (opencv_.empty()) return found;
  const OpenCvHashes hashes = hasher.hash(pixels);
  const std::size_t first = kinds_.size() - kOpenCvKinds;
  for (std::size_t i = 0; i < size(); ++i) {
    for (std::size_t kind = 0; kind < kOpenCvKinds; ++kind) {
      found.at(first + kind, i) = hasher.distance(kind, hashes, opencv_[i]);
    }
  }
  return found;
}

}  // namespace reseau::evaluation
