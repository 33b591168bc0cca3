#include "index/storage.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace reseau::detail {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::size_t in_pages(std::size_t bytes) {
  static const auto kPage = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + kPage - 1) / kPage * kPage;
}

// Of the system itself, which has it zeroed; it begins where a huge page may.
std::uint8_t* map(std::size_t bytes) {
  const std::size_t wanted = in_pages(bytes);
  const std::size_t mapped = wanted + kHugePage;
  void* const memory =
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  auto* const first = static_cast<std::uint8_t*>(memory);
  const std::size_t before = kHugePage - reinterpret_cast<std::uintptr_t>(first) % kHugePage;
  (void)munmap(first, before);
  (void)munmap(first + before + wanted, kHugePage - before);
  // Refused by some systems, and then merely slower.
  (void)madvise(first + before, wanted, MADV_HUGEPAGE);
  return first + before;
}

// A few that were given back, zeroed, for who wants as much next: whoever changes an index gives a
// chunk back and takes one, again and again, and the system takes longer to give 2 MiB than they
// take to copy. Without locks, so that a fork() leaves none taken. Each says in its beginning how
// large it is.
constexpr std::size_t kMostSpare = std::size_t{8} << 20;
std::array<std::atomic<std::uint8_t*>, 4> spares;

bool keep_spare(std::uint8_t* memory, std::size_t bytes) {
  if (bytes > kMostSpare) return false;
  std::memcpy(memory, &bytes, sizeof bytes);
  for (auto& spare : spares) {
    std::uint8_t* none = nullptr;
    if (spare.compare_exchange_strong(none, memory)) return true;
  }
  std::memset(memory, 0, sizeof bytes);
  return false;
}

// Null if there is none so large.
std::uint8_t* take_spare(std::size_t bytes) {
  for (auto& spare : spares) {
    std::uint8_t* const memory = spare.exchange(nullptr);
    if (memory == nullptr) continue;
    std::size_t size = 0;
    std::memcpy(&size, memory, sizeof size);
    if (size == bytes) {
      std::memset(memory, 0, sizeof size);
      return memory;
    }
    if (!keep_spare(memory, size)) (void)munmap(memory, in_pages(size));
  }
  return nullptr;
}

}  // namespace

Storage::Storage(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  if (bytes >= kHugePage) {
    data_ = take_spare(bytes);
    if (data_ == nullptr) data_ = map(bytes);
    return;
  }
  void* memory = nullptr;
  if (posix_memalign(&memory, kAlignment, bytes) != 0) throw std::bad_alloc();
  std::memset(memory, 0, bytes);
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
  if (size_ >= kHugePage) {
    if (!keep_spare(data_, size_)) (void)munmap(data_, in_pages(size_));
  } else {
    std::free(data_);
  }
}

Storage Storage::copy() const {
  Storage made(size_);
  if (size_ > 0) std::memcpy(made.data_, data_, size_);
  return made;
}

}  // namespace reseau::detail
