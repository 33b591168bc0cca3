#include "cli/look.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_pipeline.h>

#include <optional>
#include <thread>
#include <utility>

#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace reseau::cli {
namespace {

Examined examine_input(const Input& input, const Limits& limits, Level level) {
  if (!input.refused) return examine_file(input.path, limits, level);
  Examined examined;
  examined.outcome = input.refused->code;
  examined.message = input.refused->message;
  return examined;
}

void run_pipeline(const InputOptions& options, Inputs& inputs, const Look& look,
                  const std::function<void(const Looked&)>& report) {
  namespace tbb = oneapi::tbb;
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(options.threads));
  const auto pull = [&inputs](tbb::flow_control& flow) {
    std::optional<Input> input = inputs.next();
    if (!input) flow.stop();
    return input ? std::move(*input) : Input{};
  };
  const auto work = [&options, &look](Input input) {
    Looked looked{std::move(input.path), {}, {}, 0};
    looked.examined =
        examine_input({looked.path, std::move(input.refused)}, options.limits, look.level);
    if (look.also) look.also(looked);
    looked.examined.plane.reset();
    return looked;
  };
  tbb::parallel_pipeline(
      static_cast<std::size_t>(options.threads) * 4,
      tbb::make_filter<void, Input>(tbb::filter_mode::serial_in_order, pull) &
          tbb::make_filter<Input, Looked>(tbb::filter_mode::parallel, work) &
          tbb::make_filter<Looked, void>(tbb::filter_mode::serial_in_order, report));
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
  run_pipeline(options, inputs, look, [&](const Looked& looked) {
    tally.count(looked.examined, !looked.found.empty());
    progress.count(looked.examined.fully_examined());
    look.report(looked);
  });
  return tally;
}

}  // namespace reseau::cli
