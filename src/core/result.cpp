#include <reseau/result.h>

#include <array>

namespace reseau {
namespace {

// In the order of Code.
constexpr std::array<std::string_view, 29> kNames = {"ok",
                                                     "low_information",
                                                     "limit_frames",
                                                     "empty",
                                                     "unsupported_format",
                                                     "corrupt",
                                                     "limit_bytes",
                                                     "limit_pixels",
                                                     "limit_dimension",
                                                     "limit_ratio",
                                                     "limit_cpu",
                                                     "limit_memory",
                                                     "policy_filetype",
                                                     "io_error",
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
                                                     "internal"};

static_assert(static_cast<std::size_t>(Code::internal) + 1 == kNames.size());

}  // namespace

std::string_view name(Code code) { return kNames.at(static_cast<std::size_t>(code)); }

Failure::Failure(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
Failure::~Failure() = default;

}  // namespace reseau
