/// How far a share or a count may be from what it stands for.
#pragma once

#include <cstdint>
#include <vector>

namespace reseau::evaluation {

/// 95 % of what could have given this lies between.
struct Interval {
  double low = 0;
  double high = 1;
};

/// Of `found` of `asked` independent trials (Wilson, 1927). 0 to 1 if nothing was asked.
[[nodiscard]] Interval interval_of_share(std::size_t found, std::size_t asked);

/// Of a share of what belongs together by `groups`, as the versions of one photograph do: as if
/// there were so many and no more, which is too wide rather than too narrow.
[[nodiscard]] Interval interval_of_grouped(double share, std::size_t groups);

/// Of a count of rare events (Byar's approximation to the exact interval, in Breslow and Day,
/// "Statistical methods in cancer research", volume 2, 1987).
[[nodiscard]] Interval interval_of_count(std::uint64_t count);

/// Of the mean over columns of the columns' means, when rows are drawn again (Efron, 1979); 1,000
/// draws from `seed`. A value below 0 was not asked. `rows` are of one length.
[[nodiscard]] Interval interval_of_mean(const std::vector<std::vector<signed char>>& rows,
                                        std::uint64_t seed);

}  // namespace reseau::evaluation
