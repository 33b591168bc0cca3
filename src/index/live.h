/// The part that all of our indexes share: entries by id that change while others search.
///
/// A state is a list of chunks that never change. A change makes a new list, which shares all but
/// the chunks that it touched, and swaps it in; a search keeps the one that it began with. So
/// searches neither wait nor hold up changes, and what is removed is overwritten when the last
/// search that could see it ends: at once, if there is none.
///
/// New entries go into short chunks that are joined as they come, like the digits of a binary
/// counter (Bentley and Saxe 1980). So an addition costs the logarithm of what is there.
///
/// `Cover` is something quicker than a scan, built over whole chunks in a thread of its own:
///   static std::shared_ptr<const Cover> build(const Chunks<Rows>&, std::stop_token)
///       null if it was stopped
///   static constexpr bool kArranges
///       if so, it is build(Chunks<Rows>&, const Rows::Format&, std::stop_token), and puts in their
///       place chunks of its own, with the same entries in another order and without holes
///   static constexpr std::size_t kMostChunks
///       that one is built over at the most; while it is built again, the old one is there too
///   std::size_t chunks() const, bytes() const
/// It knows entries by chunk and offset, so that chunks below a cover keep their places: what is
/// removed there leaves a hole, and the cover is built again, without the holes, when there are
/// many or settle() is called. What a new cover stands for is freed by the thread that built it,
/// when no search sees it any more: overwriting that much takes longer than a search may.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "index/chunks.h"

namespace reseau::detail {

struct IdTaken {
  Id id;
};
struct IdUnknown {
  Id id;
};

/// Threads: everything but the destructor may be called from any number of them.
template <typename Rows, typename Cover>
class Live {
 public:
  using RowsType = Rows;
  using CoverType = Cover;
  using Format = typename Rows::Format;
  struct State {
    Chunks<Rows> chunks;
    std::vector<std::shared_ptr<const Cover>> covers;  ///< of the first chunks, in their order
    std::size_t covered = 0;                           ///< chunks below covers
    std::size_t size = 0;

    void count_covered() {
      covered = 0;
      for (const auto& cover : covers) covered += cover->chunks();
    }
  };
  using StatePtr = std::shared_ptr<const State>;

  /// `builds`: whether to build covers. Without, all is scanned.
  explicit Live(Format format, bool builds = true) : format_(std::move(format)), builds_(builds) {}
  ~Live() {
    builder_.request_stop();
    wake_.notify_all();
  }
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  [[nodiscard]] const Format& format() const { return format_; }

  [[nodiscard]] StatePtr state() const {
    const std::lock_guard lock(swap_);
    return state_;
  }

  /// Of memory.
  [[nodiscard]] std::size_t bytes() const {
    const StatePtr now = state();
    std::size_t sum = 0;
    for (const auto& chunk : now->chunks) sum += chunk->bytes();
    for (const auto& cover : now->covers) sum += cover->bytes();
    return sum;
  }

  /// All or nothing: throws IdTaken if an id is here or given twice, std::bad_alloc.
  void add(std::span<const Id> ids, const std::uint8_t* rows) {
    change([&](State& next) { append(next, ids, rows); });
  }
  /// All or nothing: throws IdUnknown, std::bad_alloc.
  void remove(std::span<const Id> ids) {
    change([&](State& next) { drop(next, ids); });
  }
  /// New signatures for ids that are here: no search sees an id without one, or with two. All or
  /// nothing: throws as remove() and add() do.
  void replace(std::span<const Id> ids, const std::uint8_t* rows) {
    change([&](State& next) {
      drop(next, ids);
      append(next, ids, rows);
    });
  }
  /// Gives each entry the id that `renamed` says. Requires: still one id each, in the same order.
  /// Waits for a cover that is being built, as do the next two: it is of chunks that they drop.
  template <typename Renamed>
  void rename(const Renamed& renamed) {
    const std::lock_guard alone(building_);
    change([&](State& next) {
      Packer<Rows> packer(format_, next.size);
      for (const auto& chunk : next.chunks) packer.add(*chunk, {}, renamed);
      next = {};
      next.chunks = packer.take();
    });
  }
  /// In place of all that is here. Requires: no id twice; `covers` are of the first chunks.
  void restore(Chunks<Rows> chunks, std::vector<std::shared_ptr<const Cover>> covers = {}) {
    const std::lock_guard alone(building_);
    change([&](State& next) {
      next = {};
      next.chunks = std::move(chunks);
      next.covers = std::move(covers);
      next.count_covered();
    });
  }
  void clear() {
    const std::lock_guard alone(building_);
    change([](State& next) { next = {}; });
  }

  /// Builds what is worth it, and again without holes what has any. Afterwards nothing that
  /// was removed before is anywhere in this index.
  void settle() {
    if (!builds_) return;
    const std::lock_guard alone(building_);
    while (auto job = next_job(kWorthSettling, 0)) run(std::move(*job), {});
  }

 private:
  // Chunks shorter than this on the average are packed when a cover is built over them.
  static constexpr std::size_t kShort = kChunk / 2;
  // Scanning so many is still quick; below, chunks are joined again before long.
  static constexpr std::size_t kWorthBuilding = std::size_t{1} << 17;
  // Fewer are scanned as quickly as looked up.
  static constexpr std::size_t kWorthSettling = std::size_t{1} << 12;
  // What takes longer, a large batch or a save, may as well free what it saw last.
  static constexpr std::chrono::seconds kLongSearch{1};
  // One hole among so many entries is worth building again.
  static constexpr std::size_t kFewHoles = 16;

  struct Job {
    Chunks<Rows> chunks;
    std::size_t first_chunk = 0;
    std::size_t first_cover = 0;
    std::size_t covers = 0;  ///< over these chunks now, which the new one stands for
    bool pack = false;       ///< there are holes, or many short chunks
  };

  template <typename Change>
  void change(const Change& make) {
    StatePtr old;  // freed, and so overwritten, without a lock
    {
      const std::lock_guard writer(writer_);
      State next = *state();
      make(next);
      old = publish(std::move(next));
    }
    if (builds_) wake();
  }

  // Requires: writer_.
  StatePtr publish(State next) {
    next.size = live_of<Rows>(next.chunks, 0, next.chunks.size());
    auto fresh = std::make_shared<const State>(std::move(next));
    const std::lock_guard lock(swap_);
    return std::exchange(state_, std::move(fresh));
  }

  void append(State& next, std::span<const Id> ids, const std::uint8_t* rows) const {
    if (ids.empty()) return;
    std::vector<Id> sorted(ids.begin(), ids.end());
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) throw IdTaken{*twice};
    for (const auto& chunk : next.chunks) {
      chunk->ids().find(sorted, [&chunk](Id id, std::size_t i) {
        if (chunk->alive(i)) throw IdTaken{id};
      });
    }
    std::size_t joined = ids.size();
    std::size_t keep = next.chunks.size();
    while (keep > pinned(next) && next.chunks[keep - 1]->size() < kChunk &&
           next.chunks[keep - 1]->live() <= joined) {
      joined += next.chunks[--keep]->live();
    }
    Packer<Rows> packer(format_, joined);
    for (std::size_t c = keep; c < next.chunks.size(); ++c) packer.add(*next.chunks[c]);
    for (std::size_t i = 0; i < ids.size(); ++i) packer.add(ids[i], rows + i * format_.width());
    next.chunks.resize(keep);
    for (auto& chunk : packer.take()) next.chunks.push_back(std::move(chunk));
  }

  void drop(State& next, std::span<const Id> ids) const {
    std::vector<Id> sorted(ids.begin(), ids.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::vector<Id> found;
    const std::size_t fixed = pinned(next);
    for (std::size_t c = 0; c < next.chunks.size(); ++c) {
      auto& chunk = next.chunks[c];
      std::vector<std::size_t> places;
      chunk->ids().find(sorted, [&](Id id, std::size_t i) {
        if (!chunk->alive(i)) return;
        found.push_back(id);
        places.push_back(i);
      });
      if (places.empty()) continue;
      if (c < fixed) {
        chunk = std::make_shared<const Chunk<Rows>>(*chunk, format_, places);
      } else {
        Packer<Rows> packer(format_, chunk->live() - places.size());
        packer.add(*chunk, sorted);
        auto rest = packer.take();
        chunk = rest.empty() ? nullptr : std::move(rest.front());
      }
    }
    std::sort(found.begin(), found.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (i >= found.size() || found[i] != sorted[i]) throw IdUnknown{sorted[i]};
    }
    std::erase(next.chunks, nullptr);
    join_small<Rows>(next.chunks, fixed, format_);
  }

  // Chunks that must keep their places. Requires: writer_.
  [[nodiscard]] std::size_t pinned(const State& state) const {
    return std::max(state.covered, being_built_);
  }

  // What to build next: covers of `worth` entries and more for what has none, joined with covers
  // before them that are not much larger; then those again of which more than one in `few` entries
  // is a hole (0: any). Requires: building_.
  std::optional<Job> next_job(std::size_t worth, std::size_t few) {
    const std::lock_guard writer(writer_);
    const StatePtr now = state();
    const auto job = [&](std::size_t cover, std::size_t covers, std::size_t from, std::size_t to) {
      Job made{{now->chunks.begin() + static_cast<std::ptrdiff_t>(from),
                now->chunks.begin() + static_cast<std::ptrdiff_t>(to)},
               from,
               cover,
               covers,
               false};
      const std::size_t size = size_of<Rows>(now->chunks, from, to);
      made.pack = holes_of<Rows>(now->chunks, from, to) > 0 || to - from > Cover::kMostChunks ||
                  size < (to - from) * kShort;
      being_built_ = to;
      return made;
    };
    const std::size_t to = std::min(now->chunks.size(), now->covered + Cover::kMostChunks);
    std::size_t sum = size_of<Rows>(now->chunks, now->covered, to);
    if (sum > 0 && sum >= worth) {
      std::size_t cover = now->covers.size();
      std::size_t from = now->covered;
      while (cover > 0) {
        const std::size_t before = from - now->covers[cover - 1]->chunks();
        const std::size_t more = size_of<Rows>(now->chunks, before, from);
        const bool fits =
            to - before <= Cover::kMostChunks || sum + more <= Cover::kMostChunks * kShort;
        if (!fits || more > 2 * sum) break;
        sum += more;
        from = before;
        --cover;
      }
      return job(cover, now->covers.size() - cover, from, to);
    }
    std::size_t from = 0;
    for (std::size_t c = 0; c < now->covers.size(); ++c) {
      const std::size_t end = from + now->covers[c]->chunks();
      const std::size_t live = live_of<Rows>(now->chunks, from, end);
      const std::size_t holes = holes_of<Rows>(now->chunks, from, end);
      if (holes * few > live || (few == 0 && holes > 0)) return job(c, 1, from, end);
      from = end;
    }
    return std::nullopt;
  }

  // What was taken out of the index, and searches may still see.
  using Replaced = std::vector<std::shared_ptr<const void>>;

  // Requires: building_, and that `job` is of the last next_job().
  void run(Job job, const std::stop_token& stop) {
    const Replaced replaced = put_in(std::move(job), stop);
    const auto until = std::chrono::steady_clock::now() + kLongSearch;
    for (const auto& one : replaced) {
      while (one.use_count() > 1 && !stop.stop_requested() &&
             std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }

  Replaced put_in(Job job, const std::stop_token& stop) {
    struct Unpin {
      Live& live;
      ~Unpin() {
        const std::lock_guard writer(live.writer_);
        live.being_built_ = 0;
      }
    } const unpin{*this};
    const bool none = live_of<Rows>(job.chunks, 0, job.chunks.size()) == 0;
    Chunks<Rows> chunks =
        none || (job.pack && !Cover::kArranges) ? packed<Rows>(job.chunks, format_) : job.chunks;
    std::shared_ptr<const Cover> cover;
    if (!none) {
      if constexpr (Cover::kArranges) {
        cover = Cover::build(chunks, format_, stop);
      } else {
        cover = Cover::build(chunks, stop);
      }
      if (!cover) return {};
    }
    Replaced replaced;
    StatePtr old;
    const std::lock_guard writer(writer_);
    State next = *state();
    const auto first = next.chunks.begin() + static_cast<std::ptrdiff_t>(job.first_chunk);
    const auto last = first + static_cast<std::ptrdiff_t>(job.chunks.size());
    if (job.pack || Cover::kArranges) {
      make_holes<Rows>(chunks, gone_since<Rows>(job.chunks, first), format_);
    } else {
      std::copy(first, last, chunks.begin());  // those in which holes were made meanwhile
    }
    const auto old_cover = next.covers.begin() + static_cast<std::ptrdiff_t>(job.first_cover);
    const auto covers_end = old_cover + static_cast<std::ptrdiff_t>(job.covers);
    replaced.assign(old_cover, covers_end);
    if (job.pack || Cover::kArranges) replaced.insert(replaced.end(), first, last);
    const auto at = next.covers.erase(old_cover, covers_end);
    if (cover) next.covers.insert(at, cover);
    next.count_covered();
    next.chunks.insert(next.chunks.erase(first, last), chunks.begin(), chunks.end());
    old = publish(std::move(next));
    return replaced;
  }

  [[nodiscard]] bool worth_waking() const {
    const StatePtr now = state();
    return size_of<Rows>(now->chunks, now->covered, now->chunks.size()) >= kWorthBuilding ||
           holes_of<Rows>(now->chunks, 0, now->covered) * kFewHoles > now->size;
  }

  void wake() {
    if (!worth_waking()) return;
    const std::lock_guard lock(waking_);
    awake_ = true;
    if (!builder_.joinable()) {
      try {
        builder_ = std::jthread([this](const std::stop_token& stop) { build(stop); });
      } catch (const std::exception&) {
        return;  // no thread, or no memory for one: the change stands, what is not built is scanned
      }
    }
    wake_.notify_all();
  }

  void build(const std::stop_token& stop) {
    while (true) {
      {
        std::unique_lock lock(waking_);
        if (!wake_.wait(lock, stop, [this] { return awake_; })) return;
        awake_ = false;
      }
      try {
        const std::lock_guard alone(building_);
        while (auto job = next_job(kWorthBuilding, kFewHoles)) {
          run(std::move(*job), stop);
          if (stop.stop_requested()) return;
        }
      } catch (const std::bad_alloc&) {
        // What is not built is scanned; the next change tries again.
      }
    }
  }

  const Format format_;
  const bool builds_;
  mutable std::mutex swap_;  ///< held for the copy of a pointer
  StatePtr state_ = std::make_shared<const State>();
  std::mutex writer_;            ///< one change at a time
  std::size_t being_built_ = 0;  ///< chunks that a cover is being built over, or before those
  std::mutex building_;          ///< one cover at a time
  std::mutex waking_;
  bool awake_ = false;
  std::condition_variable_any wake_;
  std::jthread builder_;  ///< last: the first to be ended
};

}  // namespace reseau::detail
