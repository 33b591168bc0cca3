/// The fields of `hash` and `match`: what programs read, and what people read. Names are stable.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include <reseau/match.h>

#include "cli/look.h"
#include "cli/rows.h"

namespace reseau::cli {

/// The columns of hash_record.
extern const std::vector<Column> kHashColumns;
/// The columns of an element of its `matches`.
extern const std::vector<Column> kMatchColumns;

/// path, media, bytes, width, height, completeness, quality, pdq_quality, outcome, grid, pdq,
/// sha256, sha1, md5; duration of a video; error where there is no signature.
[[nodiscard]] nlohmann::ordered_json hash_record(const std::string& path, const Examined& examined);

/// What a bank keeps of a picture beside the whole: without its borders, then the parts.
[[nodiscard]] nlohmann::ordered_json windows_record(const EntryData& data);

/// entry, list, category, algorithm, distance, limit, aligned, partial, view, expected_false,
/// verdict, stretches.
[[nodiscard]] nlohmann::ordered_json match_record(const Match& match);
[[nodiscard]] nlohmann::ordered_json stretches_record(const std::vector<Stretch>& stretches);
/// time, until, quality, pdq_quality, grid, pdq of each frame of a video; and inside, if it has
/// borders.
[[nodiscard]] nlohmann::ordered_json frames_record(const VideoSignature& video);
[[nodiscard]] nlohmann::ordered_json view_record(const View& view);
[[nodiscard]] nlohmann::ordered_json error_record(const Error& error);

/// "12", or "testcard".
[[nodiscard]] std::string entry_name(EntryId id);

/// A value that JSON can say, or null.
template <typename Json, typename T>
[[nodiscard]] Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// "grid distance 310, limit 5200; mirrored".
[[nodiscard]] std::string describe(const Match& match);
/// "the file 0:00:20.0 to 0:00:30.0 shows the entry 0:00:05.0 to 0:00:15.0, 20 frames".
[[nodiscard]] std::string describe(const Stretch& stretch, Media query, Media entry);
/// 0:01:02.5.
[[nodiscard]] std::string clock_time(double seconds);
/// 3e-09.
[[nodiscard]] std::string about(double number);
/// "JPEG image, 640 x 480 pixels", as far as it is known.
[[nodiscard]] std::string describe(const Examined& examined);
/// "not fully examined: ..." or what else should be known beside the result; may be empty.
[[nodiscard]] std::string reservation(const Examined& examined);

}  // namespace reseau::cli
