/// One line on the terminal that says how far the work is.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace reseau::cli {

/// Drawn on standard error ten times a second, only if that is a terminal that can erase a line;
/// gone when the object is. Threads: any.
class Progress {
 public:
  /// `things`: what is counted.
  explicit Progress(bool wanted, std::string things = "files");
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  [[nodiscard]] bool shown() const { return ticker_.joinable(); }
  void set_total(std::size_t files) { total_ = files; }
  void count(bool examined);
  /// Of a video that is being examined: seconds that were reached, and that it claims to have.
  void see_video(double seconds, double claimed);

  /// Erases the line, and keeps it away for as long as the lock is held.
  [[nodiscard]] std::unique_lock<std::mutex> hidden();

 private:
  void tick(const std::stop_token& stop);
  void erase();
  [[nodiscard]] std::string line() const;

  std::string things_;
  std::atomic<std::size_t> total_{0};  ///< 0: not known
  std::atomic<std::size_t> done_{0};
  std::atomic<std::size_t> unexamined_{0};
  std::atomic<double> video_at_{0};  ///< of the one that told last; 0 once a file is done
  std::atomic<double> video_of_{0};
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  bool drawn_ = false;
  std::jthread ticker_;
};

}  // namespace reseau::cli
