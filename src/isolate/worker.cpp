#include "isolate/worker.h"

#include <malloc.h>

#include <cstring>

#include "isolate/protocol.h"
#include "isolate/worker_side.h"

namespace reseau::detail {
namespace {

class Worker {
 public:
  void serve() {
    Order order;
    while (hear(order, kMagic) && order.say == Say::job) {
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
      if (!hear(answer, kMagic) || answer.say != Say::next) return false;
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

bool Mapping::map(int file, int protection, std::uint64_t wanted) {
  if (wanted <= capacity) return true;
  if (data != nullptr) ::munmap(data, capacity);
  capacity = 0;
  data = ::mmap(nullptr, wanted, protection, MAP_SHARED, file, 0);
  if (data == MAP_FAILED) data = nullptr;
  if (data != nullptr) capacity = wanted;
  return data != nullptr;
}

void begin_work(Opening opening) {
  // Memory that was used once is used again for the next picture: no page is asked for twice.
  constexpr int kKept = 32 << 20;  // bytes
  ::mallopt(M_MMAP_THRESHOLD, kKept);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
  Report hello;
  hello.confinement = confine(opening);
  say(hello);
}

void work() {
  begin_work(Opening::ends);
  Worker().serve();
  ::_exit(0);
}

}  // namespace reseau::detail
