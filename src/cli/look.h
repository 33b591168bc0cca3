/// Examines every input, on several threads, and reports in the order of the input.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <reseau/match.h>

#include "cli/options.h"
#include "cli/tally.h"

namespace reseau::cli {

/// A picture of an input and what was learnt of it. Each input has one, and those that look unlike
/// it.
struct Looked {
  std::string path;
  Examined examined;
  std::vector<Match> found;
  std::size_t unaligned = 0;  ///< as Matches::unaligned
  /// Why nobody knows what would be found; ends the program.
  std::optional<Error> failed = std::nullopt;
  bool done = false;  ///< Look::also was done with it
};

struct Look {
  /// What else to do with inputs once they are examined. On any thread; may be empty.
  std::function<void(std::span<Looked>)> also;
  /// How many inputs that is done with at once. The first waits until the last of them is examined,
  /// but not for the list on standard input to go on. One of more than kManyPictures is not waited
  /// with.
  std::size_t together = 1;
  /// One at a time, in the order of the input.
  std::function<void(const Looked&)> report;
  /// Whenever the list on standard input keeps us waiting, also during a report; may be empty.
  std::function<void()> idle;
  Level level = Level::base;  ///< which windows are examined
};

/// "photo.gif", "photo.gif (frame 7)": for people, on one line.
[[nodiscard]] std::string title(const Looked& looked);

/// Until the inputs end or the program is interrupted. A few inputs a thread are in memory at once.
/// Throws: what the functions throw; Fatal.
[[nodiscard]] Tally look_at(const InputOptions& options, Output& output, const Look& look);

}  // namespace reseau::cli
