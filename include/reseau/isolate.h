/// Decoding in confined processes, behind the same calls.
///
///     auto pool = reseau::DecoderPool::start().value();
///     auto examined = reseau::examine_all(upload, {.decoder = pool.get()});
///
/// Decoders are large programs in C, and files are written by attackers. Here they run in worker
/// processes that can compute and nothing else: no file can be opened, no address reached, nothing
/// executed, no privilege gained (seccomp, Landlock where the kernel has it, no_new_privs, limits
/// of memory and time). A worker never saw a byte of this process's memory. Bytes go in and pixels
/// come out through shared memory. A crash, a hang or a bomb costs one worker and the one file that
/// was in it, and the next worker takes its place.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <reseau/image.h>
#include <reseau/result.h>
#include <reseau/video.h>

namespace reseau {

struct IsolationOptions {
  /// Files decoded at once; 0: one a core. Each is started when so many are needed.
  int workers = 0;
  std::uint64_t max_memory = 1ULL << 30;       ///< that decoding one file may take
  std::chrono::milliseconds max_cpu{10'000};   ///< processor time for one file
  std::chrono::milliseconds max_wall{30'000};  ///< time for one file
  /// Fail where the kernel lacks seccomp or Landlock, rather than do with what there is.
  bool require_all = false;
  std::string decoder;  ///< the program reseau-decoder; empty: the one beside the library
};

/// What holds a worker back. Each is true if every worker said so of itself.
struct Posture {
  bool no_new_privileges = false;
  bool seccomp = false;
  bool landlock = false;
  bool limits = false;

  [[nodiscard]] bool all() const { return no_new_privileges && seccomp && landlock && limits; }
};

/// Threads: any number; each call takes a worker for itself, and waits while there is none.
/// A pool is of the process that started it: after a fork(), start another.
class RESEAU_API DecoderPool final : public PictureDecoder, public VideoDecoder {
 public:
  /// Fails: isolation_missing, with what is missing; invalid_argument.
  [[nodiscard]] static Result<std::unique_ptr<DecoderPool>> start(
      const IsolationOptions& options = {});
  ~DecoderPool() override;

  /// As decode_each(). Fails also with limit_cpu, limit_wall, limit_memory and worker_crashed.
  /// `visit` runs in this process, on the calling thread, while the worker waits.
  [[nodiscard]] Result<Walked> each(Bytes file, const Limits& limits,
                                    const PictureVisitor& visit) override;

  /// As sample_video(). The frames of a video whose worker died are kept, and the outcome is
  /// ok_partial; without any it is worker_crashed. Processor time is that of VideoLimits, and
  /// `max_wall` the longest that nothing is heard of a worker.
  [[nodiscard]] VideoReport sample(const VideoReader& reader, const VideoOptions& options,
                                   const std::function<void(const SampledFrame&)>& visit) override;
  [[nodiscard]] VideoDecoder* videos() override { return this; }

  /// "worker+no_new_privs+seccomp+landlock+limits"
  [[nodiscard]] std::string isolation() const override;
  [[nodiscard]] Posture posture() const;

  /// How many workers have died and were replaced.
  [[nodiscard]] std::uint64_t replaced() const;
  /// Of the workers that were started, as they are now.
  [[nodiscard]] std::vector<int> process_ids() const;

 private:
  class Impl;
  explicit DecoderPool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reseau
