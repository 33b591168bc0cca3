#include <array>

#include <reseau/signature.h>
#include <reseau/version.h>

#include "handles.h"

namespace reseau::c {
namespace {

struct Numbered {
  Code code;
  reseau_code number;
};

// The numbers are of the ABI; the order of the C++ enum is not.
constexpr std::array kNumbers = {
    Numbered{Code::ok, RESEAU_OK},
    Numbered{Code::ok_partial, RESEAU_OK_PARTIAL},
    Numbered{Code::low_information, RESEAU_LOW_INFORMATION},
    Numbered{Code::empty, RESEAU_EMPTY},
    Numbered{Code::unsupported_format, RESEAU_UNSUPPORTED_FORMAT},
    Numbered{Code::corrupt, RESEAU_CORRUPT},
    Numbered{Code::limit_bytes, RESEAU_LIMIT_BYTES},
    Numbered{Code::limit_pixels, RESEAU_LIMIT_PIXELS},
    Numbered{Code::limit_dimension, RESEAU_LIMIT_DIMENSION},
    Numbered{Code::limit_ratio, RESEAU_LIMIT_RATIO},
    Numbered{Code::limit_frames, RESEAU_LIMIT_FRAMES},
    Numbered{Code::limit_cpu, RESEAU_LIMIT_CPU},
    Numbered{Code::limit_wall, RESEAU_LIMIT_WALL},
    Numbered{Code::limit_memory, RESEAU_LIMIT_MEMORY},
    Numbered{Code::policy_protocol, RESEAU_POLICY_PROTOCOL},
    Numbered{Code::policy_filetype, RESEAU_POLICY_FILETYPE},
    Numbered{Code::io_error, RESEAU_IO_ERROR},
    Numbered{Code::worker_crashed, RESEAU_WORKER_CRASHED},
    Numbered{Code::invalid_argument, RESEAU_INVALID_ARGUMENT},
    Numbered{Code::unlike_signatures, RESEAU_UNLIKE_SIGNATURES},
    Numbered{Code::not_found, RESEAU_NOT_FOUND},
    Numbered{Code::already_exists, RESEAU_ALREADY_EXISTS},
    Numbered{Code::bank_missing, RESEAU_BANK_MISSING},
    Numbered{Code::bank_foreign, RESEAU_BANK_FOREIGN},
    Numbered{Code::bank_newer, RESEAU_BANK_NEWER},
    Numbered{Code::bank_damaged, RESEAU_BANK_DAMAGED},
    Numbered{Code::bank_locked, RESEAU_BANK_LOCKED},
    Numbered{Code::bank_read_only, RESEAU_BANK_READ_ONLY},
    Numbered{Code::snapshot_foreign, RESEAU_SNAPSHOT_FOREIGN},
    Numbered{Code::snapshot_damaged, RESEAU_SNAPSHOT_DAMAGED},
    Numbered{Code::disk_full, RESEAU_DISK_FULL},
    Numbered{Code::interrupted, RESEAU_INTERRUPTED},
    Numbered{Code::isolation_missing, RESEAU_ISOLATION_MISSING},
    Numbered{Code::internal, RESEAU_INTERNAL},
};

}  // namespace

reseau_code number_of(Code code) {
  for (const Numbered& each : kNumbers) {
    if (each.code == code) return each.number;
  }
  return RESEAU_INTERNAL;  // a test holds the table against result.h
}

reseau_code refuse(reseau_error* error, Code code, std::string_view message) {
  const reseau_code number = number_of(code);
  if (error != nullptr) {
    error->code = number;
    const std::size_t size = std::min(message.size(), sizeof(error->message) - 1);
    std::memcpy(error->message, message.data(), size);
    error->message[size] = '\0';
  }
  return number;
}

}  // namespace reseau::c

using namespace reseau;  // NOLINT(*-using-namespace): what follows is the C interface to it

const char* reseau_version() { return version().data(); }

const char* reseau_code_name(reseau_code code) {
  for (const c::Numbered& each : c::kNumbers) {
    if (each.number == code) return name(each.code).data();
  }
  return "unknown";
}

reseau_code reseau_distance(reseau_algorithm algorithm, const uint8_t* a, const uint8_t* b,
                            size_t size, int* distance, reseau_error* error) {
  return c::guarded(error, [&] {
    if (a == nullptr || b == nullptr || distance == nullptr) return c::null_pointer(error);
    if (algorithm != RESEAU_GRID && algorithm != RESEAU_PDQ)
      return c::refuse(error, Code::invalid_argument, "there is no such algorithm");
    const Algorithm kind = algorithm == RESEAU_GRID ? Algorithm::grid : Algorithm::pdq;
    const auto first = Signature::from_bytes(kind, Bytes(a, size));
    const auto second = Signature::from_bytes(kind, Bytes(b, size));
    if (!first) return c::refuse(error, first.error().code, first.error().message);
    const auto apart = reseau::distance(*first, second.value());
    if (!apart) return c::refuse(error, apart.error().code, apart.error().message);
    *distance = *apart;
    return RESEAU_OK;
  });
}
