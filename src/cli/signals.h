/// Interruption: a first SIGINT, SIGTERM or SIGHUP lets what is under way finish and be written; a
/// second one ends the program at once.
#pragma once

namespace reseau::cli {

/// Call once, before any thread is started. Also makes writing to a closed pipe or past a file-size
/// limit an ordinary error instead of a death.
void install_signals();

/// The signal that asked the program to stop; 0 for none.
[[nodiscard]] int interruption();

/// Becomes readable on interruption, for poll().
[[nodiscard]] int interruption_fd();

}  // namespace reseau::cli
