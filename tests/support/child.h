/// Work done in a process of its own, to be killed, limited or stripped of its rights.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <functional>
#include <iostream>

namespace reseau::test {

class Child {
 public:
  /// `work` gives the exit status. It must not use Catch's macros.
  explicit Child(const std::function<int()>& work) : id_(fork()) {
    if (id_ != 0) return;
    int status = 99;
    try {
      status = work();
    } catch (const std::exception& e) {
      std::cerr << "in a child: " << e.what() << '\n';
    }
    _exit(status);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ > 0) kill_now();
  }
  int wait() {
    int status = 0;
    waitpid(id_, &status, 0);
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  void kill_now() {
    kill(id_, SIGKILL);
    wait();
  }

 private:
  pid_t id_;
};

}  // namespace reseau::test
