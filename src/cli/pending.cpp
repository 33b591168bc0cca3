#include "cli/pending.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "cli/escape.h"
#include "cli/exit.h"
#include "cli/record.h"
#include "cli/tally.h"

namespace reseau::cli {
namespace {

constexpr std::chrono::milliseconds kLongestWait(500);

}  // namespace

const Table& Pending::table() {
  static const Table kTable = {{{"path", "/path"},
                                {"entry", "/entry"},
                                {"existing", "/existing"},
                                {"part", "/part"},
                                {"error_code", "/error/code"},
                                {"error_message", "/error/message"}},
                               nullptr,
                               {}};
  return kTable;
}

void Pending::add(std::string path, EntryData data, std::string note, std::string part) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(path), std::move(note), std::move(part), std::nullopt});
  entries_.push_back(std::move(data));
  commit_if_due();
}

void Pending::refuse(std::string path, Error error) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(path), {}, {}, std::move(error)});
  commit_if_due();
}

void Pending::commit() {
  const std::lock_guard lock(mutex_);
  commit_locked();
}

void Pending::commit_if_due() {
  const bool late = std::chrono::steady_clock::now() - last_ >= kLongestWait;
  if (waiting_.size() >= most_ || late) commit_locked();
}

void Pending::commit_locked() {
  std::vector<Row> rows = std::exchange(waiting_, {});
  const std::vector<EntryData> entries = std::exchange(entries_, {});
  const std::vector<Result<Added>> added = added_of(entries);
  auto next = added.begin();
  for (Row& row : rows) {
    if (!row.error) {
      const Result<Added>& one = *next++;
      if (one) {
        report(row, *one);
        continue;
      }
      row.error = one.error();
      ++refused_by_bank_;
    }
    report(row);
  }
  rows_.flush();
  last_ = std::chrono::steady_clock::now();
}

// All at once, or, where one of them is at fault, each by itself.
std::vector<Result<Added>> Pending::added_of(std::span<const EntryData> entries) {
  const auto is_of_an_entry = [](const Error& error) {
    return error.code == Code::invalid_argument || error.code == Code::unlike_signatures;
  };
  const auto add = [&](std::span<const EntryData> some) {
    auto added = bank_.add(some);
    if (!added && !is_of_an_entry(added.error())) {
      throw Fatal(added.error().message + "; what was reported as added until then (" +
                  grouped(added_) + " new) is in the bank");
    }
    return added;
  };
  if (entries.empty()) return {};
  if (const auto all = add(entries)) return {all->begin(), all->end()};
  std::vector<Result<Added>> each;
  for (const EntryData& entry : entries) {
    const auto one = add(std::span(&entry, 1));
    each.push_back(one ? Result<Added>(one->front()) : Result<Added>(one.error()));
  }
  return each;
}

void Pending::report(const Row& row, const Added& added) {
  ++(added.existing ? existing_ : added_);
  std::string text = printable(row.path);
  if (!row.part.empty()) text += " (" + row.part + ')';
  text += ": entry " + entry_name(added.id);
  if (added.existing) text += ", which was there already";
  if (!row.note.empty()) text += "; " + printable(row.note);
  nlohmann::ordered_json shown = {
      {"path", row.path}, {"entry", entry_name(added.id)}, {"existing", added.existing}};
  if (!row.part.empty()) shown["part"] = row.part;
  rows_.add(shown, text + '\n');
}

void Pending::report(const Row& row) {
  ++refused_;
  rows_.add({{"path", row.path}, {"error", error_record(*row.error)}},
            printable(row.path) + ": NOT ADDED: " + std::string(name(row.error->code)) + ": " +
                printable(row.error->message) + '\n');
}

std::string Pending::sentence() const {
  return grouped(added_) + " added, " + grouped(existing_) + " there already, " +
         grouped(refused_) + " not added";
}

}  // namespace reseau::cli
