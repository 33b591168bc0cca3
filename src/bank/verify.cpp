#include <set>

#include "bank/guard.h"
#include "bank/store.h"

namespace reseau {

using namespace detail;

namespace {

constexpr int kMaxProblems = 1000;  // a file of nothing but damage must not fill the memory

// Each step goes on where the one before has failed, as far as there is something to read.
class Verifier {
 public:
  explicit Verifier(const std::string& path)
      : path_(path), connection_(connect(path, Bank::Mode::read)) {}

  VerifyReport run() {
    const bool ours = attempt([this] { require_schema(connection_); });
    attempt([this] { ask_sqlite(); });
    if (ours) attempt([this] { read_rows(); });
    return std::move(report_);
  }

 private:
  template <typename Step>
  bool attempt(const Step& step) {
    try {
      step();
      return true;
    } catch (const Failure& failure) {
      if (failure.error().code != Code::bank_damaged && failure.error().code != Code::bank_newer)
        throw;
      note(failure.error().message);
      return false;
    }
  }

  void note(const std::string& problem) {
    if (report_.problems.size() < kMaxProblems) report_.problems.push_back(problem);
  }

  void ask_sqlite() {
    Statement check(connection_, "PRAGMA integrity_check");
    while (check.step()) {
      const std::string line = check.text(0);
      if (line != "ok") note("SQLite finds the file damaged: " + line);
    }
  }

  void read_rows() {
    Store store(connect(path_, Bank::Mode::read));
    const Transaction snapshot(store.connection(), Transaction::Kind::read);
    std::optional<Meta> meta;
    attempt([&] { meta = store.meta(); });
    if (!meta) return;
    std::set<EntryId> ids;
    Digest sum{};
    for (std::int64_t row = 1; row < meta->next_row && report_.problems.size() < kMaxProblems;
         ++row) {
      attempt([&] {
        for (const Checked& checked : store.rows(*meta, row, row + 1)) {
          add_to(sum, checked.digest);
          if (!checked.record.data) continue;
          ++report_.entries;
          if (!ids.insert(checked.record.id).second || checked.record.id >= meta->next_id) {
            note("entry " + std::to_string(checked.record.id) +
                 " is there twice, or was never given out");
          }
        }
      });
    }
    attempt([&] { store.require_bounds(*meta); });
    if (static_cast<std::int64_t>(report_.entries) != meta->entries) {
      note("there should be " + std::to_string(meta->entries) + " entries, and " +
           std::to_string(report_.entries) + " can be read");
    }
    if (sum != meta->sum) {
      note(
          "the sum over the digests of all rows is not the one noted: a row was lost or is of an "
          "older state");
    }
  }

  std::string path_;
  Connection connection_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> Bank::verify(const std::string& path) {
  return guarded(path, [&]() -> Result<VerifyReport> { return Verifier(path).run(); });
}

}  // namespace reseau
