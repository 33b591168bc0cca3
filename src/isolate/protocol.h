/// What broker and worker say to each other: messages of fixed size over a SOCK_SEQPACKET pair,
/// bytes and pixels through shared memory.
///
///     worker:  hello
///     broker:  job        (the file lies at the start of the input memory)
///     worker:  picture    (its pixels lie at the start of the output memory, rows without gaps)
///     broker:  next       (or stop)
///     ...
///     worker:  last       (a picture, and how it went: most files have one, and waking each other
///     is
///                          what costs; or end, where there is no picture or the broker said stop)
///
/// The broker believes nothing that a worker says: it may be in the hands of the file it decodes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include <reseau/image.h>

namespace reseau::detail {

enum class Say : std::uint32_t { hello = 1, job, picture, next, stop, last, end };

/// What the worker could do to confine itself.
enum Confinement : std::uint32_t {
  kNoNewPrivileges = 1,
  kSeccomp = 2,
  kLandlock = 4,
  kLimits = 8,
};

inline constexpr std::uint32_t kMagic = 0x52736132;

/// To a worker.
struct Order {
  std::uint32_t magic = kMagic;
  Say say = Say::job;
  std::uint64_t bytes = 0;           ///< of the file
  std::uint64_t input_capacity = 0;  ///< of the shared memories
  std::uint64_t output_capacity = 0;
  std::uint64_t max_bytes = 0;  ///< Limits
  std::uint64_t max_pixels = 0;
  std::uint64_t max_ratio = 0;
  std::int32_t max_side = 0;
  std::int32_t max_frames = 0;
  std::int32_t shrink_to = -1;  ///< none
};
static_assert(std::is_trivially_copyable_v<Order>);

/// From a worker.
struct Report {
  std::uint32_t magic = kMagic;
  Say say = Say::hello;
  std::uint32_t confinement = 0;  ///< hello
  std::uint32_t code = 0;         ///< last, end: how it went
  // picture, last:
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::uint32_t layout = 0;
  std::uint32_t part_kind = 0;
  std::uint32_t part_index = 0;
  std::uint32_t part_over_black = 0;
  std::int32_t frames = 0;
  std::int32_t frames_in_all = 0;  ///< last, end
  std::uint64_t part_offset = 0;
  double completeness = 0;
  std::int32_t full_width = 0;
  std::int32_t full_height = 0;
  double shown_for = 0;
  std::uint32_t message_length = 0;  ///< last, end
  std::uint32_t video_count = 0;     ///< last, end
  std::array<std::uint64_t, kMostEmbedded> videos{};
  std::array<char, 400> message{};
};
static_assert(std::is_trivially_copyable_v<Report>);

/// A worker's text in plain ASCII, so that it can do no harm where it is shown.
[[nodiscard]] std::string harmless(std::span<const char> message, std::uint32_t length);

[[nodiscard]] Order order_of(std::uint64_t bytes, const Limits& limits);
[[nodiscard]] Limits limits_of(const Order& order);

/// The bytes of the output memory that an order's pictures may take.
[[nodiscard]] std::uint64_t output_needed(const Limits& limits);

[[nodiscard]] Report report_of(const Decoded& picture);
/// `last`: the picture that has not been reported yet; an end then becomes part of it.
[[nodiscard]] Report report_of(const Result<Walked>& end, const Report* last = nullptr);

/// A picture that a worker claims: its pixels copied out of `output`. None if anything about the
/// claim is not as an honest worker would say it.
[[nodiscard]] std::optional<Decoded> believe_picture(const Report& report, Bytes file,
                                                     const Limits& limits, Bytes output);
/// The same of an end. `pictures` were reported before it, or with it.
[[nodiscard]] std::optional<Result<Walked>> believe_end(const Report& report, Bytes file,
                                                        int pictures);

}  // namespace reseau::detail
