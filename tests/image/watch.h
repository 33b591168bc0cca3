/// What the test program's operator new and delete have seen. Sets of one thread.
#pragma once

#include <cstddef>

namespace watch {

/// The largest block asked for since it was set to zero.
extern std::size_t largest_allocation;

/// A block of which it is noted, as it is given back, whether all its bytes are zero.
extern const void* watched;
extern std::size_t watched_size;
extern bool was_freed;
extern bool was_wiped;

}  // namespace watch
