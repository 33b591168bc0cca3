// What confinement costs: decoding in this process beside decoding in a worker, file by file, and
// how soon a worker that was killed is back.
//
//     reseau_isolation FILES...
#include <reseau/examine.h>
#include <reseau/isolate.h>

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace {

using namespace reseau;
using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

template <typename Body>
double timed(const Body& body) {
  const auto start = Clock::now();
  body();
  return milliseconds(Clock::now() - start);
}

void print(const char* name, const std::vector<double>& here, const std::vector<double>& confined) {
  const auto over = [](double a, double b) { return 100 * (b / a - 1); };
  std::printf("%s: p50 %.3f and %.3f ms (%+.1f %%), p90 %.3f and %.3f ms (%+.1f %%)\n", name,
              quantile(here, .5), quantile(confined, .5),
              over(quantile(here, .5), quantile(confined, .5)), quantile(here, .9),
              quantile(confined, .9), over(quantile(here, .9), quantile(confined, .9)));
}

}  // namespace

int main(int argc, char** argv) {
  IsolationOptions options;
  options.workers = 1;
  auto pool = DecoderPool::start(options).value();
  std::printf("isolation: %s\n", pool->isolation().c_str());
  std::vector<std::vector<std::uint8_t>> files;
  for (int i = 1; i < argc; ++i) {
    if (auto file = read_file(argv[i])) files.push_back(*std::move(file));
  }
  if (files.empty()) return 1;

  // One after the other for each file, the better of three, since the machine may be busy.
  std::vector<double> here;
  std::vector<double> confined;
  std::vector<double> examined_here;
  std::vector<double> examined_confined;
  for (const auto& file : files) {
    const Bytes bytes(file);
    const auto visit = [](Decoded&&) { return true; };
    double best[4] = {1e9, 1e9, 1e9, 1e9};  // NOLINT(*-avoid-c-arrays)
    for (int again = 0; again < 3; ++again) {
      best[0] = std::min(best[0], timed([&] { (void)decode_each(bytes, {}, visit); }));
      best[1] = std::min(best[1], timed([&] { (void)pool->each(bytes, {}, visit); }));
      best[2] = std::min(best[2], timed([&] { (void)examine_all(bytes); }));
      best[3] = std::min(
          best[3], timed([&] { (void)examine_all(bytes, {.limits = {}, .decoder = pool.get()}); }));
    }
    here.push_back(best[0]);
    confined.push_back(best[1]);
    examined_here.push_back(best[2]);
    examined_confined.push_back(best[3]);
  }
  print("decode", here, confined);
  print("examine", examined_here, examined_confined);

  std::vector<double> back;
  for (int i = 0; i < 50; ++i) {
    kill(pool->process_ids()[0], SIGKILL);
    const auto visit = [](Decoded&&) { return false; };
    const double whole = timed([&] {
      while (!pool->each(Bytes(files[0]), {}, visit)) {
      }
    });
    back.push_back(whole);
  }
  std::printf("after kill -9, the next answer: p50 %.2f, worst %.2f ms\n", quantile(back, .5),
              quantile(back, 1));
  return 0;
}
