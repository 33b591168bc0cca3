/// What a call gives: a value, or a code and one sentence that says what to do.
///
/// There is one vocabulary of codes for the whole library, the program's JSON and the bindings. The
/// first block names what can be said of an input (a file, an upload): every input gives exactly
/// one of them. The second block names what can go wrong with a call or a bank.
#pragma once

#include <cassert>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <reseau/export.h>

namespace reseau {

enum class Code {
  // What can be said of an input: every one gives exactly one of these. Only `ok` and
  // `low_information` mean that it was fully examined (and what is no media by its content has
  // nothing to be examined). Everything else counts as not examined, never as "no match".
  ok,                  ///< examined, and there is enough in it to recognise
  ok_partial,          ///< cut short or damaged: what is there was hashed, as a crop, for review
  low_information,     ///< examined, but too little to recognise: flat, near-flat, tiny
  empty,               ///< nothing there: no bytes, or a picture of no pixels
  unsupported_format,  ///< of a type this build does not decode (or no media at all)
  corrupt,             ///< damaged so that no row of a picture is there
  limit_bytes,         ///< the file is larger than Limits::max_bytes
  limit_pixels,        ///< the header claims more pixels than Limits::max_pixels
  limit_dimension,     ///< the header claims a side longer than Limits::max_side
  limit_ratio,         ///< far more pixels than its bytes can honestly hold
  limit_frames,        ///< animation or pages: not all of them were examined
  limit_cpu,           ///< decoding would take too much work, or took too much
  limit_wall,          ///< decoding took too long
  limit_memory,        ///< memory ran out while decoding
  policy_protocol,     ///< a playlist or the like, which names other files: they are not opened
  policy_filetype,     ///< a FIFO, socket, device or directory where a file was wanted
  io_error,            ///< could not be opened or read
  worker_crashed,      ///< the process that decoded it died of it; the message says how

  // What can go wrong with a call or a bank.
  invalid_argument,   ///< the arguments are not of the call's form
  unlike_signatures,  ///< two algorithms, or two versions of one, do not compare
  not_found,          ///< no such entry
  already_exists,     ///< would overwrite
  bank_missing,       ///< no bank at that path
  bank_foreign,       ///< a file, but not a bank of ours
  bank_newer,         ///< written by a newer version
  bank_damaged,       ///< a digest does not fit: the file was changed or has rotted
  bank_locked,        ///< another process is writing, and did not finish in time
  bank_read_only,     ///< opened for reading, or the file may not be written
  snapshot_foreign,   ///< a saved index, but of another bank, algorithm or version
  snapshot_damaged,   ///< a saved index of which not every byte is as it was saved
  disk_full,          ///< nothing was written
  interrupted,        ///< stopped, as the caller asked
  isolation_missing,  ///< decoding cannot be confined here as was asked for
  internal,           ///< a bug of ours, or of a library below us
};

/// One of the first block: what can be said of an input.
[[nodiscard]] constexpr bool is_outcome(Code code) {
  return code >= Code::ok && code <= Code::worker_crashed;
}

/// The code's name, as in JSON: `name(Code::limit_pixels) == "limit_pixels"`.
[[nodiscard]] RESEAU_API std::string_view name(Code code);

/// What the system says of an error of errno, as messages have it: in English whatever the locale,
/// so that programs can read it.
[[nodiscard]] RESEAU_API std::string system_message(int error);

struct Error {
  Code code = Code::internal;
  std::string
      message;  ///< one sentence that names the thing and the way out; UTF-8 or raw path bytes
};

/// What `Result::value()` throws. `what()` is the message.
class RESEAU_API Failure : public std::runtime_error {
 public:
  explicit Failure(Error error);
  ~Failure() override;
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// A value or an Error. Two ways to use it:
///
///     if (!r) return r.error();   // in code that handles failure
///     use(r.value());             // throws Failure; in examples and in Python
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(*-explicit-*)
  Result(Error error)
      : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] const T& value() const& {
    check();
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] T& value() & {
    check();
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] T value() && {
    check();
    return std::move(*std::get_if<0>(&content_));
  }

  /// Requires: ok().
  [[nodiscard]] const T& operator*() const& {
    assert(ok());
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] T& operator*() & {
    assert(ok());
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] T operator*() && {
    assert(ok());
    return std::move(*std::get_if<0>(&content_));
  }
  [[nodiscard]] const T* operator->() const {
    assert(ok());
    return std::get_if<0>(&content_);
  }
  [[nodiscard]] T* operator->() {
    assert(ok());
    return std::get_if<0>(&content_);
  }

  /// Requires: !ok().
  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&content_);
  }

 private:
  void check() const {
    if (!ok()) throw Failure(error());
  }
  std::variant<T, Error> content_;
};

/// A call that gives nothing but may fail.
using Status = Result<std::monostate>;
[[nodiscard]] inline Status success() { return Status(std::monostate{}); }

}  // namespace reseau
