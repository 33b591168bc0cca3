#include "index/storage.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace reseau::detail {

namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}

Storage::Storage(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kAlignment;
  const std::size_t padded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (padded < bytes) throw std::bad_alloc();
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, padded) != 0) throw std::bad_alloc();
  // Refused by some systems, and then merely slower.
  if (alignment == kHugePage) (void)madvise(memory, padded, MADV_HUGEPAGE);
  std::memset(memory, 0, padded);
  data_ = static_cast<std::uint8_t*>(memory);
}

Storage::Storage(Storage&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Storage& Storage::operator=(Storage&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Storage::~Storage() {
  if (data_ == nullptr) return;
  explicit_bzero(data_, size_);
  std::free(data_);
}

}  // namespace reseau::detail
