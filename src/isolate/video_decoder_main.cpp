// The same for videos: a program of its own, since FFmpeg loads some forty libraries, which
// pictures have no use for.
#include "isolate/worker.h"
#include "isolate/zygote.h"

int main() { return reseau::detail::serve_as_zygote(&reseau::detail::work_on_videos); }
