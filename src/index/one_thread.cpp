#include "index/one_thread.h"

#include <omp.h>

namespace reseau::detail {

// OpenMP keeps the number for each thread apart (nthreads-var of OpenMP 4.5, section 2.3).
OneThread::OneThread() noexcept : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
OneThread::~OneThread() { omp_set_num_threads(before_); }

}  // namespace reseau::detail
