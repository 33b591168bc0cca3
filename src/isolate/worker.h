/// The process that looks at the bytes.
#pragma once

namespace reseau::detail {

/// Takes its place at kWorkerSocket, kWorkerInput and kWorkerOutput, confines itself, and decodes
/// what it is told to until the broker is gone. Never comes back.
[[noreturn]] void work();
/// The same of videos.
[[noreturn]] void work_on_videos();

}  // namespace reseau::detail
