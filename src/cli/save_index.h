/// After a bank was changed.
#pragma once

#include <reseau/bank.h>

#include "cli/output.h"

namespace reseau::cli {

/// Saves its index beside the bank, where that is worth it. Failing is told and no failure: the
/// bank is whole without.
inline void save_index(Bank& bank) {
  if (const Status saved = bank.save_index(); !saved) {
    message("the index was not saved beside the bank, which will take longer to open: " +
            saved.error().message);
  }
}

}  // namespace reseau::cli
