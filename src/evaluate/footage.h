/// The videos that an evaluation is made of.
#pragma once

#include <reseau/bank.h>
#include <reseau/evaluate.h>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace reseau::evaluation {

struct Source {
  std::string path;
  std::string name;       ///< of the file; what is drawn by lot for it follows from it
  std::size_t scene = 0;  ///< videos that show the same have the same
  int half = 0;           ///< 0 or 1
  double seconds = 0;     ///< of it, as far as clips are cut from it
  int width = 0;
  int height = 0;
  EntryData data;
  std::vector<std::uint8_t> small;  ///< a copy of it that is decoded fast, for what surrounds clips
};

struct Footage {
  std::vector<Source> sources;
  std::size_t scenes = 0;  ///< distinct ones
  std::size_t unreadable = 0;
  std::size_t repeated = 0;  ///< the same bytes again: left out
  /// Scenes of the one half are known while those of the other are strangers.
  std::array<std::vector<std::size_t>, 2> halves;  ///< sources
};

/// Seconds from its start that clips are cut from, of any video.
inline constexpr double kReach = 600;

/// Fails as evaluate_videos() does.
[[nodiscard]] Result<Footage> read_footage(const EvaluateVideosOptions& options);

/// The small copies, each as long as its source, up to kReach. Throws as Film.
void make_small(Source& source);

}  // namespace reseau::evaluation
