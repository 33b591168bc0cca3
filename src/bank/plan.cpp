#include "bank/plan.h"

#include "bank/rules.h"

namespace reseau::detail {
namespace {

// Whether that made a difference.
bool join_labels(EntryData& into, const std::vector<std::string>& labels) {
  const std::size_t before = into.labels.size();
  into.labels.insert(into.labels.end(), labels.begin(), labels.end());
  tidy(into.labels);
  return into.labels.size() != before;
}

class Planner {
 public:
  Planner(const Finder& known, EntryId next_id, const std::function<Checked(EntryId)>& read)
      : known_(known), next_id_(next_id), read_(read) {}

  Added add(const EntryData& data, const std::string& what) {
    for (const EntryId id : known_.candidates(data)) {
      const auto changed = plan_.relabelled.find(id);
      Checked row = changed != plan_.relabelled.end() ? changed->second : read_(id);
      if (!same_entry(data, *row.record.data)) continue;
      if (join_labels(*row.record.data, data.labels)) {
        check(*row.record.data, what);
        plan_.relabelled.insert_or_assign(id, std::move(row));
      }
      return {id, true};
    }
    for (const EntryId id : pending_.candidates(data)) {
      EntryData& pending = plan_.fresh.at(id);
      if (!same_entry(data, pending)) continue;
      join_labels(pending, data.labels);
      check(pending, what);
      return {id, true};
    }
    const EntryId id = next_id_++;
    pending_.add(id, data);
    tidy(plan_.fresh.emplace(id, data).first->second.labels);
    return {id, false};
  }

  Plan take() { return std::move(plan_); }
  void note(Added added) { plan_.added.push_back(added); }

 private:
  const Finder& known_;
  EntryId next_id_;
  const std::function<Checked(EntryId)>& read_;
  Finder pending_;
  Plan plan_;
};

}  // namespace

Plan plan_addition(std::span<const EntryData> entries, const Finder& known, EntryId next_id,
                   const std::function<Checked(EntryId)>& read) {
  Planner planner(known, next_id, read);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string what =
        "entry " + std::to_string(i + 1) + " of " + std::to_string(entries.size()) +
        (entries[i].origin.empty() ? "" : " (" + entries[i].origin.substr(0, 200) + ")");
    check_new(entries[i], what);
    planner.note(planner.add(entries[i], what));
  }
  return planner.take();
}

}  // namespace reseau::detail
