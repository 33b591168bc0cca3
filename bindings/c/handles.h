/// What stands behind the handles of reseau_c.h, and what every call of it does alike.
#pragma once

#include <reseau_c.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <reseau/bank.h>
#include <reseau/examine.h>
#include <reseau/isolate.h>
#include <reseau/match.h>

struct reseau_bank {
  reseau::Bank bank;
};

struct reseau_decoders {
  std::unique_ptr<reseau::DecoderPool> pool;
  std::string isolation;
};

struct reseau_examined {
  reseau::Examined examined;
};

struct reseau_matches {
  std::vector<reseau::Match> found;
  std::vector<std::string> descriptions;
  std::size_t unaligned = 0;
};

namespace reseau::c {

/// Tells the caller why a call failed, and gives the code to return.
reseau_code refuse(reseau_error* error, Code code, std::string_view message);
[[nodiscard]] reseau_code number_of(Code code);
[[nodiscard]] inline reseau_code null_pointer(reseau_error* error) {
  return refuse(error, Code::invalid_argument, "a pointer is NULL");
}

/// What a call is to hand out: NULL, until there is something, so that who frees it after any
/// failure frees nothing.
template <typename T>
void clear(T** handed_out) {
  if (handed_out != nullptr) *handed_out = nullptr;
}

/// No exception crosses the border.
template <typename Body>
reseau_code guarded(reseau_error* error, const Body& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return refuse(error, Code::limit_memory, "memory ran out");
  } catch (const std::exception& thrown) {
    return refuse(error, Code::internal, thrown.what());
  } catch (...) {
    return refuse(error, Code::internal, "something unknown was thrown");
  }
}

/// The caller's struct, which may be of an earlier or later release, over the defaults.
/// Requires: T begins with struct_size.
template <typename T>
[[nodiscard]] bool take(const T* given, T& taken) {
  if (given == nullptr) return true;
  if (given->struct_size < sizeof(given->struct_size)) return false;
  std::memcpy(&taken, given, std::min(given->struct_size, sizeof(T)));
  return true;
}

/// The same the other way round: fills as much of the caller's struct as the caller knows.
template <typename T>
[[nodiscard]] bool give(T made, T* wanted) {
  if (wanted == nullptr || wanted->struct_size < sizeof(wanted->struct_size)) return false;
  made.struct_size = wanted->struct_size;
  std::memcpy(wanted, &made, std::min(wanted->struct_size, sizeof(T)));
  return true;
}

/// Limits and the decoder. Fails for a struct_size that makes no sense.
[[nodiscard]] Result<ExamineOptions> options_of(const reseau_limits* limits);

}  // namespace reseau::c
