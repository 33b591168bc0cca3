/// One picture, from pixels to everything that is known of it.
#pragma once

#include <string>
#include <vector>

#include <reseau/examine.h>

namespace reseau::detail {

void refuse(Examined& examined, Code outcome, std::string message);

/// A picture that has been decoded. `alone`: only the first of its file was asked for.
[[nodiscard]] Examined examine_picture(const Decoded& decoded, bool alone, Level level);

/// A picture after a file's first is told of if there is something in it that the others lack.
[[nodiscard]] bool is_worth_a_row(const Examined& examined, const std::vector<Examined>& before);

}  // namespace reseau::detail
