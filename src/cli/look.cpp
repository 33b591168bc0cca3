#include "cli/look.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_pipeline.h>

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
  const auto pull = [&inputs](tbb::flow_control& flow) {
    std::optional<Input> input = inputs.next();
    if (!input) flow.stop();
    return input ? std::move(*input) : Input{};
  };
  const auto work = [&how, &look](const Input& input) {
    std::vector<Looked> pictures;
    for (Examined& examined : examine_input(input, how)) {
      Looked looked{input.path, std::move(examined), {}, 0};
      if (look.also) look.also(looked);
      looked.examined.plane.reset();
      pictures.push_back(std::move(looked));
    }
    return pictures;
  };
  const auto report_all = [&report](const std::vector<Looked>& pictures) {
    for (const Looked& looked : pictures) report(looked);
  };
  tbb::parallel_pipeline(
      static_cast<std::size_t>(options.threads) * 4,
      tbb::make_filter<void, Input>(tbb::filter_mode::serial_in_order, pull) &
          tbb::make_filter<Input, std::vector<Looked>>(tbb::filter_mode::parallel, work) &
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
