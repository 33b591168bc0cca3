#include "isolate/worker.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "isolate/confine.h"
#include "isolate/protocol.h"

namespace reseau::detail {
namespace {

constexpr int kKept = 32 << 20;  // bytes

// read() and write(), since they are all that the filter lets through.
template <typename T>
bool hear(T& message) {
  for (;;) {
    const ssize_t got = ::read(kWorkerSocket, &message, sizeof(message));
    if (got == static_cast<ssize_t>(sizeof(message))) return message.magic == kMagic;
    if (got >= 0 || errno != EINTR) return false;
  }
}

template <typename T>
void say(const T& message) {
  for (;;) {
    const ssize_t sent = ::write(kWorkerSocket, &message, sizeof(message));
    if (sent == static_cast<ssize_t>(sizeof(message))) return;
    if (sent >= 0 || errno != EINTR) ::_exit(1);
  }
}

/// A shared memory as this side sees it.
struct Mapping {
  void* data = nullptr;
  std::uint64_t capacity = 0;

  [[nodiscard]] bool map(int file, int protection, std::uint64_t wanted) {
    if (wanted <= capacity) return true;
    if (data != nullptr) ::munmap(data, capacity);
    capacity = 0;
    data = ::mmap(nullptr, wanted, protection, MAP_SHARED, file, 0);
    if (data == MAP_FAILED) data = nullptr;
    if (data != nullptr) capacity = wanted;
    return data != nullptr;
  }
};

class Worker {
 public:
  void serve() {
    Order order;
    while (hear(order) && order.say == Say::job) {
      held_ = false;
      const Result<Walked> end = decode_all(order);
      say(report_of(end, held_ ? &report_ : nullptr));
    }
  }

 private:
  Result<Walked> decode_all(const Order& order) {
    const bool mapped = input_.map(kWorkerInput, PROT_READ, order.input_capacity) &&
                        output_.map(kWorkerOutput, PROT_READ | PROT_WRITE, order.output_capacity);
    if (!mapped || order.bytes > input_.capacity)
      return Error{Code::limit_memory, "memory ran out while it was decoded"};
    const Bytes file(static_cast<const std::uint8_t*>(input_.data), order.bytes);
    return decode_each(file, limits_of(order), [this](Decoded&& picture) { return show(picture); });
  }

  // A picture is held until there is another, or there is none: it may be the last.
  bool show(const Decoded& picture) {
    if (held_) {
      say(report_);
      held_ = false;
      Order answer;
      if (!hear(answer) || answer.say != Say::next) return false;
    }
    const Image& image = picture.image;
    const std::uint64_t size = static_cast<std::uint64_t>(image.width()) *
                               static_cast<std::uint64_t>(image.height()) *
                               bytes_per_pixel(image.layout());
    if (size > output_.capacity) return false;
    std::memcpy(output_.data, image.row(0), size);
    report_ = report_of(picture);
    held_ = true;
    return true;
  }

  Report report_;
  bool held_ = false;
  Mapping input_;
  Mapping output_;
};

}  // namespace

void work() {
  // Memory that was used once is used again for the next picture: no page is asked for twice.
  ::mallopt(M_MMAP_THRESHOLD, kKept);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
  Report hello;
  hello.confinement = confine();
  say(hello);
  Worker().serve();
  ::_exit(0);
}

}  // namespace reseau::detail
