#include "isolate/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace reseau::detail {
namespace {

constexpr std::size_t kMostDescriptors = 4;
constexpr std::uint64_t kPage = 4096;
/// Above this, wiping gives memory back to the system instead of writing zeros.
constexpr std::uint64_t kMuch = 8U << 20;

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void Descriptor::reset() noexcept {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

std::optional<std::pair<Descriptor, Descriptor>> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return std::nullopt;
  return std::pair(Descriptor(ends[0]), Descriptor(ends[1]));
}

Wait wait_for(int socket, std::chrono::milliseconds most) {
  const auto end = std::chrono::steady_clock::now() + most;
  for (;;) {
    pollfd watched{.fd = socket, .events = POLLIN, .revents = 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    const auto count = std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max());
    const int ready = ::poll(&watched, 1, static_cast<int>(count));
    if (ready > 0) return (watched.revents & POLLIN) != 0 ? Wait::ready : Wait::gone;
    if (ready == 0) return Wait::timed_out;
    if (errno != EINTR) return Wait::gone;
  }
}

bool send_message(int socket, std::span<const std::byte> message,
                  std::span<const int> descriptors) {
  iovec part{.iov_base = const_cast<std::byte*>(message.data()),  // NOLINT(*-const-cast)
             .iov_len = message.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * kMostDescriptors)> control{};
  if (!descriptors.empty()) {
    const std::size_t size = descriptors.size_bytes();
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(size);
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(first), descriptors.data(), size);
  }
  for (;;) {
    const ssize_t sent = ::sendmsg(socket, &header, MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent) == message.size();
    if (errno != EINTR) return false;
  }
}

bool receive_message(int socket, std::span<std::byte> message, std::span<Descriptor> descriptors) {
  iovec part{.iov_base = message.data(), .iov_len = message.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * kMostDescriptors)> control{};
  if (!descriptors.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return false;
  std::size_t received = 0;
  for (cmsghdr* at = CMSG_FIRSTHDR(&header); at != nullptr; at = CMSG_NXTHDR(&header, at)) {
    if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(at) + i * sizeof(int), sizeof(int));
      Descriptor descriptor(number);
      if (received < descriptors.size()) descriptors[received] = std::move(descriptor);
      ++received;
    }
  }
  return static_cast<std::size_t>(got) == message.size() && received == descriptors.size() &&
         (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
}

SharedMemory::~SharedMemory() {
  if (data_ == nullptr) return;
  ::munmap(data_, capacity_);
}

bool SharedMemory::reserve(std::uint64_t capacity) {
  if (capacity <= capacity_) return true;
  capacity = (capacity + kPage - 1) / kPage * kPage;
  if (!file_) {
    file_ = Descriptor(::memfd_create("reseau", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file_ || ::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0) return false;
  }
  // In this order, since the file never shrinks: what cannot be had leaves it as it was.
  void* data = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (data == MAP_FAILED) return false;
  if (::ftruncate(file_.get(), static_cast<off_t>(capacity)) != 0) {
    ::munmap(data, capacity);
    return false;
  }
  if (data_ != nullptr) ::munmap(data_, capacity_);
  data_ = static_cast<std::uint8_t*>(data);
  capacity_ = capacity;
  return true;
}

void SharedMemory::wipe(std::uint64_t size) noexcept {
  size = std::min(size, capacity_);
  if (size == 0) return;
  const bool punched =
      size > kMuch && ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                                  static_cast<off_t>((size + kPage - 1) / kPage * kPage)) == 0;
  if (!punched) explicit_bzero(data_, size);
}

}  // namespace reseau::detail
