#include "cli/look.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_pipeline.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "cli/decoders.h"
#include "cli/escape.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/signals.h"

namespace reseau::cli {
namespace {

std::vector<Examined> examine_input(const Input& input, const ExamineOptions& options) {
  if (!input.refused) return examine_file_all(input.path, options);
  std::vector<Examined> refused(1);
  refused.front().outcome = input.refused->code;
  refused.front().message = input.refused->message;
  return refused;
}

/// An input, or none: what was pulled before shall not wait for more.
using Pulled = std::optional<Input>;

/// Of an input all of its pictures; or of none nothing.
struct Lot {
  std::vector<Looked> pictures;
  std::size_t inputs = 0;
};

/// Puts inputs together again once they are examined.
class Gatherer {
 public:
  Gatherer(Inputs& inputs, std::size_t together) : inputs_(inputs), together_(together) {}

  /// None at the end.
  std::optional<Pulled> pull() {
    Pulled input = inputs_.next(!open_);
    if (!input && !std::exchange(open_, false)) return std::nullopt;
    open_ = input && together_ > 1;
    return input;
  }

  /// In the order of pull(). Nothing while there may be more to come.
  std::vector<Looked> gather(Lot lot) {
    std::ranges::move(lot.pictures, std::back_inserter(gathered_.pictures));
    gathered_.inputs += lot.inputs;
    if (lot.inputs > 0 && gathered_.inputs < together_) return {};
    return std::exchange(gathered_, {}).pictures;
  }

 private:
  Inputs& inputs_;
  std::size_t together_;
  bool open_ = false;  // something was pulled since the last none
  Lot gathered_;
};

void finish(std::span<Looked> pictures, const Look& look) {
  const auto is_done = [](const Looked& looked) { return looked.done; };
  for (auto first = pictures.begin(); first != pictures.end();) {
    first = std::find_if_not(first, pictures.end(), is_done);
    const auto last = std::find_if(first, pictures.end(), is_done);
    if (look.also && first != last) look.also({first, last});
    for (; first != last; ++first) {
      first->examined.plane.reset();
      first->done = true;
    }
  }
}

void run_pipeline(const InputOptions& options, Inputs& inputs, const Look& look, Progress& progress,
                  const std::function<void(const Looked&)>& report) {
  namespace tbb = oneapi::tbb;
  // Before there are threads, and before the first byte is read.
  const std::unique_ptr<DecoderPool> decoders = start_decoders(options.isolation, options.threads);
  ExamineOptions how{options.limits, look.level, decoders.get(), {}};
  if (options.key_frames) how.video.mode = VideoMode::fast;
  how.video.progress = [&progress](double seconds, std::optional<double> of) {
    progress.see_video(seconds, of.value_or(0));
    return interruption() == 0;
  };
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(options.threads));
  Gatherer gatherer(inputs, look.together);
  const auto pull = [&gatherer](tbb::flow_control& flow) {
    std::optional<Pulled> pulled = gatherer.pull();
    if (!pulled) flow.stop();
    return pulled ? std::move(*pulled) : Pulled{};
  };
  const auto work = [&how, &look](const Pulled& pulled) {
    Lot lot;
    if (!pulled) return lot;
    ++lot.inputs;
    for (Examined& examined : examine_input(*pulled, how)) {
      lot.pictures.push_back({pulled->path, std::move(examined), {}, 0});
      if (look.together == 1) finish({&lot.pictures.back(), 1}, look);
    }
    if (lot.pictures.size() > kManyPictures) finish(lot.pictures, look);
    return lot;
  };
  const auto gather = [&gatherer](Lot lot) { return gatherer.gather(std::move(lot)); };
  const auto finish_lot = [&look](std::vector<Looked> pictures) {
    finish(pictures, look);
    return pictures;
  };
  const auto report_all = [&report](const std::vector<Looked>& pictures) {
    for (const Looked& looked : pictures) report(looked);
  };
  tbb::parallel_pipeline(
      static_cast<std::size_t>(options.threads) * std::max<std::size_t>(4, 2 * look.together),
      tbb::make_filter<void, Pulled>(tbb::filter_mode::serial_in_order, pull) &
          tbb::make_filter<Pulled, Lot>(tbb::filter_mode::parallel, work) &
          tbb::make_filter<Lot, std::vector<Looked>>(tbb::filter_mode::serial_in_order, gather) &
          tbb::make_filter<std::vector<Looked>, std::vector<Looked>>(tbb::filter_mode::parallel,
                                                                     finish_lot) &
          tbb::make_filter<std::vector<Looked>, void>(tbb::filter_mode::serial_in_order,
                                                      report_all));
}

/// The progress line has the terminal for itself only while this lives.
class Terminal {
 public:
  Terminal(Output& output, Progress& progress) : output_(output) {
    if (progress.shown()) output_.share_terminal_with(&progress);
  }
  ~Terminal() { output_.share_terminal_with(nullptr); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

 private:
  Output& output_;
};

}  // namespace

std::string title(const Looked& looked) {
  std::string text = printable(looked.path);
  const std::string part = describe(looked.examined.part);
  return part.empty() ? text : text + " (" + part + ')';
}

Tally look_at(const InputOptions& options, Output& output, const Look& look) {
  check_paths(options);
  Tally tally;
  Inputs inputs(options.paths, options.null ? '\0' : '\n', look.idle);
  Progress progress(!options.no_progress);
  const Terminal terminal(output, progress);
  std::jthread counter;
  if (progress.shown()) {
    counter = std::jthread([&progress, &options](const std::stop_token& stop) {
      if (const auto total = count_inputs(options.paths, stop)) progress.set_total(*total);
    });
  }
  run_pipeline(options, inputs, look, progress, [&](const Looked& looked) {
    tally.count(looked.examined, !looked.found.empty());
    if (looked.examined.part == PicturePart{}) progress.count(looked.examined.fully_examined());
    look.report(looked);
  });
  return tally;
}

}  // namespace reseau::cli
