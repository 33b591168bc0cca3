/// The edits that a known picture is looked for through: what people do to pictures they pass on.
///
/// 63 standard kinds, on which figures are compared, and unseen kinds, to which nothing was tuned.
/// Each is a pure function: the same pixels, edit and seed give the same pixels.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <string_view>

namespace reseau::evaluation {

struct Edit {
  std::string_view name;
  cv::Mat (*make)(const cv::Mat& picture, cv::RNG& random);
};

/// The list that figures are stated for; its order and names are stable.
[[nodiscard]] std::span<const Edit> standard_edits();

/// Kinds that are kept out of every choice of a setting, so that they show what was overfitted.
[[nodiscard]] std::span<const Edit> unseen_edits();

/// Requires: `picture` is BGR with 8 bits a channel, and at least 1 x 1. It is left as it is.
///
/// What an edit draws by lot (places, signs, noise) follows from `seed` and the edit's name alone.
/// Threads: any number.
[[nodiscard]] cv::Mat apply(const Edit& edit, const cv::Mat& picture, std::uint64_t seed);

/// FNV-1a: the lot of a picture or an edit by its name, so that it does not hang on their order.
[[nodiscard]] std::uint64_t seed_of(std::string_view name);

}  // namespace reseau::evaluation
