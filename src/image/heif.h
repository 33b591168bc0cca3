/// The pictures of a HEIF container (ISO/IEC 23008-12): of HEIC, and of AVIF, which is one too.
#pragma once

#include <memory>
#include <optional>

#include "image/common.h"

namespace reseau::detail {

#ifdef RESEAU_HEIF

/// All but the first: other items, and the first one's thumbnails.
class HeifPictures {
 public:
  struct Impl;
  /// `file` must outlive it. Of what libheif cannot read, there are none. Throws std::bad_alloc.
  HeifPictures(Bytes file, const Limits& limits);
  explicit HeifPictures(std::unique_ptr<Impl> impl);
  HeifPictures(const HeifPictures&) = delete;
  HeifPictures& operator=(const HeifPictures&) = delete;
  HeifPictures(HeifPictures&&) = delete;
  HeifPictures& operator=(HeifPictures&&) = delete;
  ~HeifPictures();

  [[nodiscard]] int count() const;
  /// As pages `first` to `frames`. False if the sink has had enough. `missing`: what is wrong with
  /// the first that cannot be decoded, if nothing is missing before.
  [[nodiscard]] bool show(int first, int frames, const Limits& limits, const PictureSink& sink,
                          std::optional<Error>& missing) const;

 private:
  std::unique_ptr<Impl> impl_;
};

#else  // nothing is known of them

class HeifPictures {
 public:
  HeifPictures(Bytes /*file*/, const Limits& /*limits*/) {}
  [[nodiscard]] static int count() { return 0; }
  [[nodiscard]] static bool show(int /*first*/, int /*frames*/, const Limits& /*limits*/,
                                 const PictureSink& /*sink*/, std::optional<Error>& /*missing*/) {
    return true;
  }
};

#endif

}  // namespace reseau::detail
