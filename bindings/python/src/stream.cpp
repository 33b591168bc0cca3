#include "stream.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <set>
#include <utility>

#include "errors.h"
#include "gil.h"
#include "match.h"
#include "signature.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

constexpr std::chrono::milliseconds kSignalsEvery(50);
constexpr std::size_t kAheadOfEachWorker = 4;

struct Live {
  std::mutex mutex;
  std::set<Stream*> streams;
};

}  // namespace

How how_of(const py::dict& fields) {
  How how;
  how.isolation = fields["isolation"].cast<std::string>();
  how.options.limits = limits_of(fields);
  how.options.level = level_named(fields["level"].cast<std::string>());
  if (fields["key_frames"].cast<bool>()) how.options.video.mode = VideoMode::fast;
  return how;
}

void Stream::stop_all() {
  Live& all = of_this_process<Live>();
  const std::scoped_lock lock(all.mutex);
  for (Stream* stream : all.streams) stream->stop();
}

Stream::Stream(py::iterator inputs, How how, int threads, Lookup lookup)
    : inputs_(std::move(inputs)),
      how_(std::move(how)),
      lookup_(std::move(lookup)),
      threads_(static_cast<std::size_t>(threads)),
      together_(lookup_.bank ? worth_together(*lookup_.bank, lookup_.options) : 1),
      window_(threads_ * std::max(kAheadOfEachWorker, together_ + 1)) {
  how_.options.video.progress = [this](double, std::optional<double>) {
    const std::scoped_lock lock(mutex_);
    return !stopping_;
  };
  try {
    for (int i = 0; i < threads; ++i) workers_.emplace_back([this] { work(); });
  } catch (...) {
    stop();
    throw;
  }
  Live& all = of_this_process<Live>();
  const std::scoped_lock lock(all.mutex);
  all.streams.insert(this);
}

Stream::~Stream() {
  const Unlocked released;
  {
    Live& all = of_this_process<Live>();
    const std::scoped_lock lock(all.mutex);
    all.streams.erase(this);
  }
  stop();
}

void Stream::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wanted_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void Stream::look_up(std::span<Task* const> tasks) const {
  const auto found = [&]() -> Result<std::vector<Matches>> {
    try {
      std::vector<std::vector<Examined>> files;
      for (const Task* task : tasks) files.push_back(task->pictures);
      return match_files(*lookup_.bank, files, lookup_.options);
    } catch (const std::bad_alloc&) {
      return Error{Code::limit_memory, "memory ran out; lower threads"};
    } catch (const std::exception& error) {
      return Error{Code::internal, error.what()};
    }
  };
  auto each = found();
  if (!each && tasks.size() > 1) {  // no input fails for another
    for (std::size_t i = 0; i < tasks.size(); ++i) look_up(tasks.subspan(i, 1));
    return;
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (each) {
      tasks[i]->matches.emplace(std::move((*each)[i]));
    } else {
      tasks[i]->matches.emplace(each.error());
    }
  }
}

void Stream::examine_one(std::unique_lock<std::mutex>& lock) {
  Task* const task = waiting_.front();
  waiting_.pop_front();
  lock.unlock();
  ExamineOptions options = how_.options;
  options.decoder = task->decoders.get();
  task->pictures = examine(task->input, options);
  const bool alone = task->pictures.size() > kManyPictures;
  if (alone) finish({&task, 1});
  lock.lock();
  if (alone) {
    tell_done({&task, 1});
  } else {
    examined_.push_back(task);
  }
}

/// Without the lock.
void Stream::finish(std::span<Task* const> tasks) const {
  if (lookup_.bank) look_up(tasks);
  for (Task* task : tasks) {
    for (Examined& picture : task->pictures) picture.plane.reset();
  }
}

/// With the lock.
void Stream::tell_done(std::span<Task* const> tasks) {
  for (Task* task : tasks) task->done = true;
  unfinished_ -= tasks.size();
  done_.notify_one();
}

void Stream::finish_some(std::unique_lock<std::mutex>& lock) {
  std::vector<Task*> tasks;
  for (; tasks.size() < together_ && !examined_.empty(); examined_.pop_front())
    tasks.push_back(examined_.front());
  lock.unlock();
  finish(tasks);
  lock.lock();
  tell_done(tasks);
}

void Stream::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_.wait(lock, [this] { return stopping_ || !waiting_.empty() || !examined_.empty(); });
    if (stopping_) return;
    if (examined_.size() >= together_ || waiting_.empty()) {
      finish_some(lock);
    } else {
      examine_one(lock);
    }
  }
}

/// Pixels need no decoder, and start none.
void Stream::decide_where(Task& task) {
  if (!needs_decoder(task.input)) return;
  if (!decided_) decoders_ = decoders_for(how_.isolation);
  decided_ = true;
  task.decoders = decoders_;
}

/// With Python's lock: calls into `inputs_`, which may run anything. What it throws is kept until
/// all that it gave before has been asked for; but not what is to end the program.
void Stream::pull() try {
  const auto input = py::reinterpret_steal<py::object>(PyIter_Next(inputs_.ptr()));
  if (!input && PyErr_Occurred() != nullptr) throw py::error_already_set();
  exhausted_ = !input;
  if (exhausted_) return;
  auto task = std::make_unique<Task>();
  task->input = input_of(input);
  decide_where(*task);
  const std::scoped_lock lock(mutex_);
  waiting_.push_back(task.get());
  tasks_.push_back(std::move(task));
  ++unfinished_;
  wanted_.notify_one();
} catch (const py::error_already_set& error) {
  if (!error.matches(PyExc_Exception)) throw;
  failure_ = std::current_exception();
  exhausted_ = true;
}

/// Whether the next result is there and the workers have enough to do meanwhile, or will have no
/// more; `pulled`: or one input was taken for it, which may have taken its time.
bool Stream::ready(bool pulled) {
  const std::scoped_lock lock(mutex_);
  if (tasks_.empty() || !tasks_.front()->done) return false;
  return pulled || exhausted_ || tasks_.size() >= window_ || unfinished_ >= threads_;
}

void Stream::refuse_fork() const {
  if (::getpid() != process_)
    raise({Code::invalid_argument, "a stream does not go with a forked process; make it there"});
}

std::unique_ptr<Stream::Task> Stream::next() {
  refuse_fork();
  if (busy_) throw py::value_error("another thread is waiting for the next result of this stream");
  struct Busy {
    bool& flag;
    explicit Busy(bool& busy) : flag(busy) { flag = true; }
    ~Busy() { flag = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
  } const busy(busy_);

  for (bool pulled = false; !ready(pulled);) {
    if (!exhausted_ && tasks_.size() < window_) {
      pull();
      refuse_fork();  // which `inputs` may have done
      pulled = true;
      continue;
    }
    if (tasks_.empty()) {
      if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
      throw py::stop_iteration();
    }
    bool over = false;
    {
      const Unlocked released;
      std::unique_lock lock(mutex_);
      done_.wait_for(lock, kSignalsEvery, [this] { return tasks_.front()->done; });
      over = stopping_ && !tasks_.front()->done;
    }
    if (over) raise({Code::invalid_argument, "Python is ending, and has ended this stream"});
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
  std::unique_ptr<Task> task = std::move(tasks_.front());
  tasks_.pop_front();
  return task;
}

void bind_stream(py::module_& module) {
  py::class_<Stream, std::shared_ptr<Stream>>(module, "Stream")
      .def(py::init([](const py::object& inputs, const py::dict& how, int threads,
                       const BankHandle* bank, const py::dict& options) {
             Lookup lookup;
             if (bank != nullptr) lookup = {bank->get(), bank->path(), options_of(options)};
             return bound_to_this_process(std::make_unique<Stream>(py::iter(inputs), how_of(how),
                                                                   threads, std::move(lookup)));
           }),
           py::arg("inputs"), py::arg("how"), py::arg("threads"),
           py::arg("bank") = static_cast<const BankHandle*>(nullptr),
           py::arg("options") = py::dict())
      .def("__iter__", [](const py::object& self) { return self; })
      .def("__next__", [](Stream& stream) -> py::object {
        std::unique_ptr<Stream::Task> task = stream.next();
        const auto signature = signature_of(task->input.name, std::move(task->pictures));
        if (!task->matches) return py::cast(signature);
        const Matches matches = value_of(std::move(*task->matches), stream.bank());
        return py::make_tuple(signature, rows_of(matches), matches.unaligned);
      });
}

}  // namespace reseau::python
