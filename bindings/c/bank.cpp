#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "handles.h"
#include "level.h"

using namespace reseau;  // NOLINT(*-using-namespace): this is the C interface to it

namespace {

reseau_code done(const Status& status, reseau_error* error) {
  return status ? RESEAU_OK : c::refuse(error, status.error().code, status.error().message);
}

reseau_code hand_out(Result<Bank> made, reseau_bank** bank, reseau_error* error) {
  if (!made) return c::refuse(error, made.error().code, made.error().message);
  *bank = std::make_unique<reseau_bank>(reseau_bank{*std::move(made)}).release();
  return RESEAU_OK;
}

/// As the program's `bank add`: a picture that could be decoded, and by which it is found again; a
/// video, by the frames that could be had.
bool can_be_known(const Examined& examined, const EntryData& data) {
  if (data.video) return !data.video->frames.empty();
  const bool decoded = examined.grid || examined.pdq_views;
  return decoded && (data.grid || data.trimmed || data.pdq || data.sha256);
}

}  // namespace

reseau_code reseau_bank_create(const char* path, reseau_level level, reseau_bank** bank,
                               reseau_error* error) {
  c::clear(bank);
  return c::guarded(error, [&] {
    if (path == nullptr || bank == nullptr) return c::null_pointer(error);
    const std::optional<Level> windows = c::level_of(level);
    if (!windows) return c::refuse(error, Code::invalid_argument, "there is no such level");
    return hand_out(Bank::create(path, *windows), bank, error);
  });
}

reseau_code reseau_bank_open(const char* path, reseau_mode mode, reseau_bank** bank,
                             reseau_error* error) {
  c::clear(bank);
  return c::guarded(error, [&] {
    if (path == nullptr || bank == nullptr) return c::null_pointer(error);
    if (mode != RESEAU_READ && mode != RESEAU_WRITE)
      return c::refuse(error, Code::invalid_argument, "there is no such mode");
    return hand_out(Bank::open(path, mode == RESEAU_READ ? Bank::Mode::read : Bank::Mode::write),
                    bank, error);
  });
}

void reseau_bank_free(reseau_bank* bank) {
  delete bank;  // NOLINT(cppcoreguidelines-owning-memory)
}

size_t reseau_bank_size(const reseau_bank* bank) { return bank == nullptr ? 0 : bank->bank.size(); }

reseau_level reseau_bank_level(const reseau_bank* bank) {
  return bank == nullptr ? RESEAU_BASE : c::level_of(bank->bank.level());
}

reseau_code reseau_bank_add(reseau_bank* bank, const reseau_examined* examined, const char* origin,
                            const char* label, int64_t* entry, int* existing, reseau_error* error) {
  return c::guarded(error, [&] {
    if (bank == nullptr || examined == nullptr || entry == nullptr) return c::null_pointer(error);
    std::array<EntryData, 1> data = {examined->examined.entry_data()};
    if (!can_be_known(examined->examined, data[0])) {
      const Code outcome = examined->examined.outcome;
      return c::refuse(error, outcome == Code::ok ? Code::low_information : outcome,
                       examined->examined.message);
    }
    if (origin != nullptr) data[0].origin = origin;
    if (label != nullptr) data[0].labels.emplace_back(label);
    const Result<std::vector<Added>> added = bank->bank.add(data);
    if (!added) return c::refuse(error, added.error().code, added.error().message);
    *entry = added->front().id;
    if (existing != nullptr) *existing = added->front().existing ? 1 : 0;
    return RESEAU_OK;
  });
}

reseau_code reseau_bank_remove(reseau_bank* bank, int64_t entry, reseau_error* error) {
  return c::guarded(error, [&] {
    if (bank == nullptr) return c::null_pointer(error);
    const std::array<EntryId, 1> ids = {entry};
    return done(bank->bank.remove(ids), error);
  });
}

reseau_code reseau_bank_refresh(reseau_bank* bank, reseau_error* error) {
  return c::guarded(error, [&] {
    if (bank == nullptr) return c::null_pointer(error);
    return done(bank->bank.refresh(), error);
  });
}
