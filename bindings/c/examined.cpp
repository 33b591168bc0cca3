#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <reseau/hash.h>

#include "handles.h"
#include "level.h"

using namespace reseau;  // NOLINT(*-using-namespace): this is the C interface to it

namespace {

/// What the three ways to examine have in common.
template <typename Look>
reseau_code examine_by(const Look& look, reseau_level level, const reseau_limits* limits,
                       reseau_examined** examined, reseau_error* error) {
  return c::guarded(error, [&] {
    if (examined == nullptr) return c::null_pointer(error);
    const std::optional<Level> windows = c::level_of(level);
    if (!windows) return c::refuse(error, Code::invalid_argument, "there is no such level");
    Result<ExamineOptions> options = c::options_of(limits);
    if (!options) return c::refuse(error, options.error().code, options.error().message);
    options.value().level = *windows;
    auto made = std::make_unique<reseau_examined>();
    made->examined = look(*options);
    *examined = made.release();
    return RESEAU_OK;
  });
}

reseau_code copy(Bytes from, uint8_t* to, size_t size, reseau_error* error) {
  if (from.size() != size) {
    return c::refuse(error, Code::invalid_argument,
                     "there are " + std::to_string(from.size()) + " bytes, and room for " +
                         std::to_string(size));
  }
  std::memcpy(to, from.data(), size);
  return RESEAU_OK;
}

}  // namespace

reseau_code reseau_examine(const void* bytes, size_t size, reseau_level level,
                           const reseau_limits* limits, reseau_examined** examined,
                           reseau_error* error) {
  c::clear(examined);
  if (bytes == nullptr && size > 0) return c::null_pointer(error);
  return examine_by(
      [&](const ExamineOptions& options) { return reseau::examine(Bytes(bytes, size), options); },
      level, limits, examined, error);
}

reseau_code reseau_examine_file(const char* path, reseau_level level, const reseau_limits* limits,
                                reseau_examined** examined, reseau_error* error) {
  c::clear(examined);
  if (path == nullptr) return c::null_pointer(error);
  return examine_by([&](const ExamineOptions& options) { return examine_file(path, options); },
                    level, limits, examined, error);
}

reseau_code reseau_examine_pixels(const void* pixels, int width, int height, ptrdiff_t stride,
                                  reseau_layout layout, reseau_level level,
                                  reseau_examined** examined, reseau_error* error) {
  constexpr int kMaxSide = 65'535;
  constexpr std::array kLayouts = {PixelLayout::gray8, PixelLayout::rgb8, PixelLayout::bgr8};
  c::clear(examined);
  if (pixels == nullptr) return c::null_pointer(error);
  const auto which = static_cast<std::size_t>(layout);
  if (which >= kLayouts.size())
    return c::refuse(error, Code::invalid_argument, "there is no such layout");
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide)
    return c::refuse(error, Code::invalid_argument, "a side has 1 to 65,535 pixels");
  const auto row = static_cast<std::ptrdiff_t>(bytes_per_pixel(kLayouts.at(which))) * width;
  if (stride < row)
    return c::refuse(error, Code::invalid_argument, "a row has more bytes than the stride");
  const ImageView view{pixels, width, height, stride, kLayouts.at(which)};
  return examine_by(
      [&](const ExamineOptions& options) { return reseau::examine(view, options.level); }, level,
      nullptr, examined, error);
}

void reseau_examined_free(reseau_examined* examined) {
  delete examined;  // NOLINT(cppcoreguidelines-owning-memory)
}

reseau_code reseau_examined_outcome(const reseau_examined* examined) {
  return examined == nullptr ? RESEAU_INVALID_ARGUMENT : c::number_of(examined->examined.outcome);
}

const char* reseau_examined_message(const reseau_examined* examined) {
  return examined == nullptr ? "" : examined->examined.message.c_str();
}

const char* reseau_examined_isolation(const reseau_examined* examined) {
  return examined == nullptr ? "" : examined->examined.isolation.c_str();
}

int reseau_examined_fully(const reseau_examined* examined) {
  return examined != nullptr && examined->examined.fully_examined() ? 1 : 0;
}

reseau_code reseau_examined_info(const reseau_examined* examined, reseau_info* info,
                                 reseau_error* error) {
  if (examined == nullptr) return c::null_pointer(error);
  const Examined& known = examined->examined;
  reseau_info made = RESEAU_INFO_INIT;
  if (known.bytes) made.bytes = static_cast<int64_t>(*known.bytes);
  made.width = known.width.value_or(-1);
  made.height = known.height.value_or(-1);
  made.quality = known.quality.value_or(-1);
  made.pdq_quality = known.pdq_quality().value_or(-1);
  made.completeness = known.completeness.value_or(-1);
  if (known.bytes) known.format.name.copy(made.format, sizeof(made.format) - 1);
  if (!c::give(made, info))
    return c::refuse(error, Code::invalid_argument, "info: NULL, or struct_size is not set");
  return RESEAU_OK;
}

reseau_code reseau_examined_signature(const reseau_examined* examined, reseau_algorithm algorithm,
                                      uint8_t* bytes, size_t size, reseau_error* error) {
  return c::guarded(error, [&] {
    if (examined == nullptr || bytes == nullptr) return c::null_pointer(error);
    if (algorithm != RESEAU_GRID && algorithm != RESEAU_PDQ)
      return c::refuse(error, Code::invalid_argument, "there is no such algorithm");
    const Examined& known = examined->examined;
    const std::optional<Signature> signature = algorithm == RESEAU_GRID ? known.grid : known.pdq();
    if (!signature) return c::refuse(error, Code::not_found, "it has no such signature");
    return copy(signature->bytes(), bytes, size, error);
  });
}

reseau_code reseau_examined_digest(const reseau_examined* examined, reseau_digest digest,
                                   uint8_t* bytes, size_t size, reseau_error* error) {
  return c::guarded(error, [&] {
    if (examined == nullptr || bytes == nullptr) return c::null_pointer(error);
    const auto& digests = examined->examined.digests;
    if (!digests) return c::refuse(error, Code::not_found, "its bytes are not known");
    switch (digest) {
      case RESEAU_SHA256:
        return copy(Bytes(digests->sha256), bytes, size, error);
      case RESEAU_SHA1:
        return copy(Bytes(digests->sha1), bytes, size, error);
      case RESEAU_MD5:
        return copy(Bytes(digests->md5), bytes, size, error);
    }
    return c::refuse(error, Code::invalid_argument, "there is no such digest");
  });
}
