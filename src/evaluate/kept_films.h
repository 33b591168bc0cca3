/// The films of an evaluation in a folder, with a list of what is in them: for whoever wants to
/// look at them, or to ask something else the same.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <reseau/bytes.h>

#include "evaluate/figures.h"

namespace reseau::evaluation {

class KeptFilms {
 public:
  /// None are kept if `folder` is empty. Throws Failure: io_error.
  explicit KeptFilms(std::string folder);

  /// The film of that number, which `what` says. Throws Failure: io_error, disk_full.
  /// Threads: any number.
  void keep(std::size_t number, Bytes file, Json what);

  /// Writes films.jsonl, in order of their numbers. Throws as keep().
  void list() const;

  [[nodiscard]] bool wanted() const { return !folder_.empty(); }

 private:
  void write(const std::string& name, Bytes bytes) const;

  std::string folder_;
  std::mutex mutex_;
  std::vector<Json> lines_;
};

}  // namespace reseau::evaluation
