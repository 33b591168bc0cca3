#include <reseau/examine.h>
#include <new>

#include "match/animation.h"
#include "match/examine_picture.h"
#include "match/videos.h"

namespace reseau {
namespace {

Limits for_signatures(Limits limits) {
  if (!limits.shrink_to) limits.shrink_to = kExamineShrink;
  return limits;
}

/// What is known without decoding.
Examined examine_bytes(Bytes file) {
  Examined examined;
  examined.bytes = file.size();
  examined.format = sniff(file);
  examined.digests = digests(file);
  return examined;
}

/// `examined`, of a file's first picture, becomes what is said of the file.
void adopt(Examined& examined, const Examined& of_bytes) {
  examined.bytes = of_bytes.bytes;
  examined.format = of_bytes.format;
  examined.digests = of_bytes.digests;
}

Examined film(const VideoReader& reader, const ExamineOptions& options, Examined examined) {
  VideoDecoder* own = options.decoder != nullptr ? options.decoder->videos() : nullptr;
  VideoDecoder& decoder = own != nullptr ? *own : video_decoder_in_process();
  detail::examine_video(reader, options.video, decoder, examined);
  examined.isolation = decoder.isolation();
  return examined;
}

/// A video that is too large to be held in memory is read twice: once for its digests.
Result<Examined> stream(const std::string& path, const ExamineOptions& options) {
  const auto file = open_file(path);
  if (!file) return file.error();
  const VideoReader reader = video_reader(file->descriptor());
  constexpr std::size_t kChunk = 1 << 20;
  std::vector<std::uint8_t> chunk(kChunk);
  Digester digester;
  Examined examined;
  std::uint64_t bytes = 0;
  for (;;) {
    const std::int64_t count = reader.read(chunk);
    if (count < 0) return Error{Code::io_error, "it cannot be read any further"};
    if (count == 0) break;
    const Bytes here(chunk.data(), static_cast<std::size_t>(count));
    if (bytes == 0) examined.format = sniff(here);
    if (!detail::is_film(examined.format)) {
      return Error{Code::limit_bytes, "it is over the limit of " +
                                          std::to_string(options.limits.max_bytes) +
                                          " bytes, and no video; raise it with --max-bytes if the "
                                          "file is trusted"};
    }
    digester.update(here);
    bytes += static_cast<std::uint64_t>(count);
  }
  examined.bytes = bytes;
  examined.digests = digester.finish();
  return film(video_reader(file->descriptor()), options, std::move(examined));
}

/// What is said of a file that was not read into memory. A video may be too large for that.
Examined unread(const std::string& path, Error why, const ExamineOptions& options) {
  if (why.code == Code::limit_bytes) {
    auto streamed = stream(path, options);
    if (streamed) return *std::move(streamed);
    if (streamed.error().code != Code::limit_bytes) why = streamed.error();
  }
  Examined examined;
  detail::refuse(examined, why.code, why.message);
  return examined;
}

PictureDecoder& decoder_of(const ExamineOptions& options) {
  return options.decoder != nullptr ? *options.decoder : decoder_in_process();
}

/// The rows of a file: its pictures, then its animations, then the videos within it. Of a video:
/// itself, then what else is in the file.
class Rows {
 public:
  Rows(Bytes file, const ExamineOptions& options)
      : file_(file), options_(options), of_bytes_(examine_bytes(file)) {}

  [[nodiscard]] const Examined& of_bytes() const { return of_bytes_; }

  void begin(Examined film) { rows_.push_back(std::move(film)); }

  void add(const Decoded& decoded) {
    Examined examined = detail::examine_picture(decoded, false, options_.level);
    if (decoded.part.offset != within_) end_animation();
    within_ = decoded.part.offset;
    animation_.add(decoded, examined);
    if (rows_.empty()) {
      adopt(examined, of_bytes_);
    } else if (!detail::is_worth_a_row(examined, rows_)) {
      return;
    }
    if (rows_.size() >= kFewPlanes && examined.plane) examined.plane = examined.plane->packed();
    rows_.push_back(std::move(examined));
  }

  /// Nothing of it could be looked at, or not more than what was added.
  void fail(const Error& error) {
    if (rows_.empty()) rows_.push_back(of_bytes_);
    detail::refuse(rows_.front(), error.code, error.message);
    cut_ = error.message;
  }

  /// What is wrong with a later picture does not undo the first.
  void miss(const std::string& what) {
    if (rows_.front().fully_examined()) fail({Code::limit_frames, what});
    cut_ = what;
  }

  void end_pictures(const std::string& isolation) {
    end_animation();
    for (Examined& film : animations_) {
      if (cut_) detail::refuse(film, Code::limit_frames, *cut_);
      rows_.push_back(std::move(film));
    }
    for (Examined& examined : rows_) {
      if (examined.isolation.empty()) examined.isolation = isolation;
    }
  }

  void add_film(std::uint64_t offset) {
    const Bytes video(file_.subspan(offset));
    Examined row;
    row.format = sniff(video);
    row.part.offset = offset;
    if (offset == 0) row.part.kind = PicturePart::Kind::animation;
    row = film(video_reader(video), options_, std::move(row));
    if (!row.fully_examined() && !cut_) {
      miss((offset == 0 ? "the sequence of pictures in it" : "the video " + describe(row.part)) +
           ": " + row.message);
    }
    if (row.video && row.outcome != Code::low_information) rows_.push_back(std::move(row));
  }

  [[nodiscard]] std::vector<Examined> take() { return std::move(rows_); }

 private:
  /// The small pictures that alignment looks at take a quarter of a megabyte each, and packed a
  /// third of that.
  static constexpr std::size_t kFewPlanes = 16;

  void end_animation() {
    if (auto film = animation_.finish()) {
      film->part.offset = within_;
      animations_.push_back(*std::move(film));
    }
    animation_ = {};
  }

  Bytes file_;
  const ExamineOptions& options_;
  const Examined of_bytes_;
  std::vector<Examined> rows_;
  std::uint64_t within_ = 0;  ///< where the file begins that the last picture was of
  detail::Animation animation_;
  std::vector<Examined> animations_;
  std::optional<std::string> cut_;  ///< why not all of the file was looked at
};

/// Adds the pictures of a picture's file, and gives where videos begin in it.
std::vector<std::uint64_t> look_at(Bytes file, const ExamineOptions& options, Rows& rows) {
  const auto visit = [&rows](Decoded&& decoded) {
    rows.add(decoded);
    return true;
  };
  auto walked = decoder_of(options).each(file, for_signatures(options.limits), visit);
  if (!walked) {
    rows.fail(walked.error());
    return {};
  }
  if (walked->stopped) rows.miss(walked->stopped->message);
  return std::move(walked->videos);
}

/// The same of what lies in a video's file beside its frames.
std::vector<std::uint64_t> look_beside_frames(Bytes file, const ExamineOptions& options,
                                              Rows& rows) {
  std::vector<std::uint64_t> videos;
  const auto [files, more] = find_embedded(file);
  std::uint64_t done = 0;  // up to here, a picture's own search has been
  for (const auto& [offset, end, format] : files) {
    if (offset < done) continue;
    if (format.media == Media::video) {
      videos.push_back(offset);
      continue;
    }
    const std::string where = "the picture " + describe({.offset = offset}) + ": ";
    const auto visit = [&, offset = offset](Decoded&& decoded) {
      const bool first = decoded.part.offset == 0;
      if (first && decoded.completeness < kWhole)
        rows.miss(where + "it is cut short or damaged; get a whole copy");
      decoded.part.offset += offset;
      rows.add(decoded);
      return true;
    };
    const auto walked = decoder_of(options).each(Bytes(file.subspan(offset, end - offset)),
                                                 for_signatures(options.limits), visit);
    if (!walked) {
      const Code why = walked.error().code;
      if (why != Code::corrupt && why != Code::empty) rows.miss(where + walked.error().message);
      continue;
    }
    done = end;
    if (walked->stopped)
      rows.miss("from byte " + std::to_string(offset) + " on, " + walked->stopped->message);
    for (const std::uint64_t video : walked->videos) videos.push_back(offset + video);
  }
  if (more) {
    rows.miss("files seem to begin at more than " + std::to_string(kMostEmbedded) +
              " places beside its frames, and only the first of them were looked at; extract the "
              "others and examine them by themselves");
  }
  return videos;
}

}  // namespace

std::optional<Signature> Examined::pdq() const {
  if (!pdq_views) return std::nullopt;
  return pdq_views->signatures[0];
}

std::optional<int> Examined::pdq_quality() const {
  if (!pdq_views) return std::nullopt;
  return pdq_views->quality;
}

bool Examined::fully_examined() const {
  switch (outcome) {
    case Code::ok:
    case Code::low_information:
      return true;
    case Code::empty:
    case Code::unsupported_format:
      return format.media == Media::none;
    default:
      return false;
  }
}

EntryData Examined::entry_data() const {
  EntryData data;
  if (digests) {
    data.sha256 = digests->sha256;
    data.sha1 = digests->sha1;
    data.md5 = digests->md5;
  }
  data.width = width;
  data.height = height;
  data.bytes = bytes;
  if (video) {
    data.video = video;  // what is there of a film that is cut short is a film
    return data;
  }
  // Of a part, a bank could not say that it is one.
  if (outcome == Code::ok_partial) return data;
  const bool whole = grid && quality >= kMinQuality;
  if (whole) {
    data.grid = grid;
    data.quality = quality;
  }
  if (trimmed && trimmed->grid.quality >= kMinPartQuality) {
    data.trimmed = {trimmed->where, 0, trimmed->grid.signature};
  }
  // Parts of a pattern need not repeat themselves.
  if (whole || data.trimmed) {
    for (const HashedWindow& window : parts) {
      data.windows.push_back({window.where, window.tilt, window.hashed.signature});
    }
  }
  if (pdq_views && pdq_views->quality >= kMinPdqQuality && whole) {
    data.pdq = pdq();
    data.pdq_quality = pdq_quality();
  }
  return data;
}

std::vector<Examined> examine_all(Bytes file, const ExamineOptions& options) {
  Rows rows(file, options);
  const bool is_film = detail::is_film(rows.of_bytes().format);
  if (is_film) rows.begin(film(video_reader(file), options, rows.of_bytes()));
  std::vector<std::uint64_t> films;
  try {
    films = is_film ? look_beside_frames(file, options, rows) : look_at(file, options, rows);
  } catch (const std::bad_alloc&) {
    rows.fail({Code::limit_memory, "memory ran out; lower --threads or --max-pixels"});
  }
  rows.end_pictures(decoder_of(options).isolation());
  for (const std::uint64_t offset : films) rows.add_film(offset);
  return rows.take();
}

std::vector<Examined> examine_file_all(const std::string& path, const ExamineOptions& options) {
  const auto file = read_file(path, options.limits);
  if (file) return examine_all(Bytes(*file), options);
  return {unread(path, file.error(), options)};
}

Examined examine(Bytes file, const ExamineOptions& options) {
  if (detail::is_film(sniff(file))) {
    std::vector<Examined> rows = examine_all(file, options);
    Examined video = std::move(rows.front());
    if (rows.size() > 1 && video.fully_examined()) {
      detail::refuse(video, Code::limit_frames,
                     "it holds more beside its frames (" + describe(rows[1].part) +
                         "), and only the video was asked for");
    }
    return video;
  }
  const Examined of_bytes = examine_bytes(file);
  PictureDecoder& decoder = decoder_of(options);
  std::vector<Examined> first;  // none yet, or one
  const auto miss = [&first](const std::string& what) {
    Examined& examined = first.front();
    if (examined.fully_examined()) detail::refuse(examined, Code::limit_frames, what);
  };
  const auto visit = [&](Decoded&& decoded) {
    Examined examined = detail::examine_picture(decoded, first.empty(), options.level);
    if (first.empty()) {
      adopt(examined, of_bytes);
      first.push_back(std::move(examined));
      return decoded.frames == 1;
    }
    if (!detail::is_worth_a_row(examined, first)) return true;
    miss("it holds another picture (" + describe(decoded.part) +
         "), and only the first was asked for");
    return false;
  };
  try {
    const auto walked = decoder.each(file, for_signatures(options.limits), visit);
    if (!walked) {
      first = {of_bytes};
      detail::refuse(first.front(), walked.error().code, walked.error().message);
    } else if (walked->stopped) {
      miss(walked->stopped->message);
    } else if (!walked->videos.empty()) {
      miss("it holds a video (at byte " + std::to_string(walked->videos.front()) +
           "), and only its first picture was asked for");
    }
  } catch (const std::bad_alloc&) {
    if (first.empty()) first = {of_bytes};
    detail::refuse(first.front(), Code::limit_memory,
                   "memory ran out; lower --threads or --max-pixels");
  }
  first.front().isolation = decoder.isolation();
  return std::move(first.front());
}

Examined examine(Bytes file, const Limits& limits, Level level) {
  return examine(file, ExamineOptions{limits, level});
}

Examined examine_file(const std::string& path, const ExamineOptions& options) {
  const auto file = read_file(path, options.limits);
  if (file) return examine(Bytes(*file), options);
  return unread(path, file.error(), options);
}

Examined examine_file(const std::string& path, const Limits& limits, Level level) {
  return examine_file(path, ExamineOptions{limits, level});
}

}  // namespace reseau
