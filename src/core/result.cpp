#include <reseau/result.h>

#include <array>
#include <cstring>
#include <system_error>

namespace reseau {
namespace {

// In the order of Code.
constexpr auto kNames = std::to_array<std::string_view>({"ok",
                                                         "ok_partial",
                                                         "low_information",
                                                         "empty",
                                                         "unsupported_format",
                                                         "corrupt",
                                                         "limit_bytes",
                                                         "limit_pixels",
                                                         "limit_dimension",
                                                         "limit_ratio",
                                                         "limit_frames",
                                                         "limit_cpu",
                                                         "limit_wall",
                                                         "limit_memory",
                                                         "policy_protocol",
                                                         "policy_filetype",
                                                         "io_error",
                                                         "worker_crashed",
                                                         "invalid_argument",
                                                         "unlike_signatures",
                                                         "not_found",
                                                         "already_exists",
                                                         "bank_missing",
                                                         "bank_foreign",
                                                         "bank_newer",
                                                         "bank_damaged",
                                                         "bank_locked",
                                                         "bank_read_only",
                                                         "snapshot_foreign",
                                                         "snapshot_damaged",
                                                         "disk_full",
                                                         "interrupted",
                                                         "isolation_missing",
                                                         "internal"});

static_assert(static_cast<std::size_t>(Code::internal) + 1 == kNames.size());

}  // namespace

std::string_view name(Code code) { return kNames.at(static_cast<std::size_t>(code)); }

Failure::Failure(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
Failure::~Failure() = default;

std::string system_message(int error) {
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
  if (const char* text = ::strerrordesc_np(error)) return text;
#endif
  return std::generic_category().message(error);
}

}  // namespace reseau
