/// The known pictures, and the edited copies that ask for them: pixels in, signatures out.
#pragma once

#include <reseau/hash.h>
#include <reseau/view.h>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reseau::bench {

inline constexpr std::size_t kGridValues = 96;
inline constexpr std::size_t kPdqWords = 4;

/// Widened for the multiply-and-add that the compiler makes of their dot product.
using GridValues = std::array<std::int16_t, kGridValues>;
using PdqWords = std::array<std::uint64_t, kPdqWords>;

/// Of one kind: the quality, and whether the library would match the signature at all.
struct Worth {
  int quality = 0;
  bool matched = false;
};

/// Knows nothing of its pixels any more; they are read again when edits are made.
struct Known {
  std::string path;
  std::string name;  ///< of the file
  int width = 0;
  int height = 0;
  Worth grid_worth;
  Worth pdq_worth;
  GridValues grid{};
  std::optional<GridValues> grid_trimmed;  ///< of what is inside its borders, if that is matched
  PdqWords pdq{};
};

struct Query {
  std::size_t known = 0;  ///< the picture that it is a copy of
  int edit = -1;          ///< of all_edits(); -1 for the picture as it is
  Worth grid_worth;
  Worth pdq_worth;
  std::array<GridValues, kViews.size()> grid{};
  std::optional<std::array<GridValues, kViews.size()>> grid_trimmed;
  std::array<PdqWords, kViews.size()> pdq{};
  std::optional<std::array<PdqWords, kViews.size()>> pdq_trimmed;
};

/// The standard edits, then the unseen ones.
[[nodiscard]] std::size_t edit_count();
[[nodiscard]] std::size_t standard_edit_count();
[[nodiscard]] std::string_view edit_name(int edit);

/// Every file of the folders that OpenCV reads, by name; `unreadable` gets the rest. Those only
/// that nothing was trained on, if `only_held_out`.
[[nodiscard]] std::vector<Known> read_gallery(const std::vector<std::string>& folders,
                                              bool only_held_out, unsigned threads,
                                              std::vector<std::string>& unreadable);

/// `chosen` pictures as they are and in every edit, in that order.
[[nodiscard]] std::vector<Query> make_queries(const std::vector<Known>& gallery,
                                              const std::vector<std::size_t>& chosen,
                                              std::uint64_t seed, unsigned threads);

}  // namespace reseau::bench
