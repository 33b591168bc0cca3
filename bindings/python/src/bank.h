/// A bank as Python has it: it can be closed, from any thread, while others use it.
#pragma once

#include <pybind11/pybind11.h>
#include <unistd.h>

#include <memory>
#include <string>

#include <reseau/bank.h>

namespace reseau::python {

class BankHandle {
 public:
  BankHandle(std::shared_ptr<Bank> bank, std::string path)
      : bank_(std::move(bank)), path_(std::move(path)) {}

  /// For the length of a call: a bank that is closed meanwhile lives until the call ends. With
  /// Python's lock. Throws ClosedError (in Python); also in a forked child.
  [[nodiscard]] std::shared_ptr<Bank> get() const;
  void close() { bank_.reset(); }
  [[nodiscard]] bool closed() const { return bank_ == nullptr; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::shared_ptr<Bank> bank_;
  std::string path_;
  int process_ = ::getpid();
};

void bind_bank(pybind11::module_& module);

}  // namespace reseau::python
