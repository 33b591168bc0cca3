/// Inputs on several threads, in order: what hashing, matching and Bank.add run on.
#pragma once

#include <pybind11/pybind11.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <reseau/match.h>

#include "bank.h"
#include "decoders.h"
#include "input.h"

namespace reseau::python {

/// How a stream examines its inputs.
struct How {
  ExamineOptions options;  ///< but where: that is known once there is something to decode
  std::string isolation;   ///< of reseau.Isolation
};

/// From a dict: the fields of reseau.Limits; level, isolation (str); key_frames (bool).
[[nodiscard]] How how_of(const pybind11::dict& fields);

/// What it does with each of them besides.
struct Lookup {
  std::shared_ptr<Bank> bank;  ///< none: nothing is looked up
  std::string path;            ///< the bank's
  MatchOptions options;
};

/// A Python iterator. Takes inputs from `inputs` on the thread that asks for results, a few a
/// worker ahead, but no more than one before a result that is there; the workers never touch
/// Python. In a large bank inputs are looked up some at a time, as far as they have come. Ctrl-C is
/// noticed while results are waited for.
class Stream {
 public:
  struct Task {
    Input input;
    std::shared_ptr<DecoderPool> decoders;  ///< none: this process
    std::vector<Examined> pictures;
    std::optional<Result<Matches>> matches;
    bool done = false;
  };

  Stream(pybind11::iterator inputs, How how, int threads, Lookup lookup);
  /// Waits for the pictures in the works, and stops the videos.
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// The next input's task, done; throws StopIteration, or what `inputs` or a signal handler
  /// throws.
  std::unique_ptr<Task> next();

  /// The path of the bank that is looked in.
  [[nodiscard]] const std::string& bank() const { return lookup_.path; }

  /// Ends the threads of every stream of this process, when it ends.
  static void stop_all();

 private:
  void refuse_fork() const;
  void pull();
  [[nodiscard]] bool ready(bool pulled);
  void decide_where(Task& task);
  void work();
  void examine_one(std::unique_lock<std::mutex>& lock);
  void finish_some(std::unique_lock<std::mutex>& lock);
  void finish(std::span<Task* const> tasks) const;
  void tell_done(std::span<Task* const> tasks);
  void look_up(std::span<Task* const> tasks) const;
  void stop();  ///< without Python's lock

  int process_ = ::getpid();
  pybind11::iterator inputs_;
  bool exhausted_ = false;
  std::exception_ptr failure_;  ///< what `inputs` has thrown
  bool busy_ = false;
  How how_;
  Lookup lookup_;
  std::shared_ptr<DecoderPool> decoders_;
  bool decided_ = false;
  std::size_t threads_;
  std::size_t together_;  ///< inputs that are looked up at once
  std::size_t window_;

  std::mutex mutex_;
  std::condition_variable wanted_;  ///< there is something to do
  std::condition_variable done_;    ///< something was done
  bool stopping_ = false;
  std::deque<std::unique_ptr<Task>> tasks_;  ///< in the order of the inputs
  std::deque<Task*> waiting_;                ///< those that nobody has begun
  std::deque<Task*> examined_;               ///< those that are to be looked up
  std::size_t unfinished_ = 0;               ///< of tasks_
  std::vector<std::thread> workers_;
};

void bind_stream(pybind11::module_& module);

}  // namespace reseau::python
