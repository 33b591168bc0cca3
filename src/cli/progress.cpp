#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <string_view>

#include "cli/output.h"
#include "cli/tally.h"

namespace reseau::cli {
namespace {

constexpr std::string_view kEraseLine = "\r\x1b[K";

bool terminal_can_erase() {
  if (::isatty(STDERR_FILENO) == 0) return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb" && *term != '\0';
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 79;
  return size.ws_col - 1U;  // the last column would wrap on some terminals
}

std::string bar(std::size_t done, std::size_t total) {
  constexpr std::size_t kWidth = 24;
  const std::size_t full = std::min(kWidth, done * kWidth / total);
  return '[' + std::string(full, '#') + std::string(kWidth - full, '.') + "] ";
}

std::string duration(double seconds) {
  const auto whole = static_cast<long>(seconds);
  if (whole < 90) return std::to_string(whole) + " s";
  if (whole < 5400) return std::to_string(whole / 60) + " min";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

}  // namespace

Progress::Progress(bool wanted, std::string things) : things_(std::move(things)) {
  if (!wanted || !terminal_can_erase()) return;
  ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

Progress::~Progress() {
  if (!ticker_.joinable()) return;
  ticker_.request_stop();
  ticker_.join();
  erase();
}

void Progress::count(bool examined) {
  ++done_;
  if (!examined) ++unexamined_;
  video_at_ = 0;
}

void Progress::see_video(double seconds, double claimed) {
  video_at_ = seconds;
  video_of_ = claimed;
}

std::unique_lock<std::mutex> Progress::hidden() {
  std::unique_lock lock(mutex_);
  erase();
  return lock;
}

void Progress::erase() {
  if (drawn_) [[maybe_unused]]
    const int error = write_all(STDERR_FILENO, kEraseLine);
  drawn_ = false;
}

void Progress::tick(const std::stop_token& stop) {
  std::condition_variable_any wake;
  std::mutex sleep;
  std::unique_lock sleeping(sleep);
  while (!wake.wait_for(sleeping, stop, std::chrono::milliseconds(100),
                        [&stop] { return stop.stop_requested(); })) {
    const std::string text = line();
    const std::lock_guard lock(mutex_);
    drawn_ = true;
    if (write_all(STDERR_FILENO, std::string(kEraseLine) + text) != 0) return;
  }
}

std::string Progress::line() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
  const std::size_t done = done_;
  const std::size_t total = std::max<std::size_t>(total_, total_ == 0 ? 0 : done);
  const double rate = static_cast<double>(done) / std::max(passed.count(), 0.001);
  std::string text = total == 0 ? std::string() : bar(done, total);
  text += grouped(done);
  if (total != 0) text += " of " + grouped(total);
  text += ' ' + things_ + ", " + grouped(static_cast<std::size_t>(std::lround(rate))) + "/s";
  if (things_ == "files") text += ", " + grouped(unexamined_) + " not examined";
  if (total != 0 && done != 0) {
    text += ", " + duration(static_cast<double>(total - done) / rate) + " left";
  }
  if (const double at = video_at_; at > 0) {
    text += ", video at " + duration(at);
    if (const double of = video_of_; of > at) text += " of " + duration(of);
  }
  return text.substr(0, terminal_width());
}

}  // namespace reseau::cli
