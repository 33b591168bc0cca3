/// Everything: hash, bank, match. Include this, or the one header you need.
#pragma once

#include <reseau/bank.h>       // IWYU pragma: export
#include <reseau/bytes.h>      // IWYU pragma: export
#include <reseau/evaluate.h>   // IWYU pragma: export
#include <reseau/examine.h>    // IWYU pragma: export
#include <reseau/hash.h>       // IWYU pragma: export
#include <reseau/image.h>      // IWYU pragma: export
#include <reseau/index.h>      // IWYU pragma: export
#include <reseau/isolate.h>    // IWYU pragma: export
#include <reseau/match.h>      // IWYU pragma: export
#include <reseau/result.h>     // IWYU pragma: export
#include <reseau/signature.h>  // IWYU pragma: export
#include <reseau/stretch.h>    // IWYU pragma: export
#include <reseau/testcard.h>   // IWYU pragma: export
#include <reseau/version.h>    // IWYU pragma: export
#include <reseau/video.h>      // IWYU pragma: export
#include <reseau/view.h>       // IWYU pragma: export
#include <reseau/vpdq.h>       // IWYU pragma: export
