// What lies in a video's file beside its frames. The harm: a picture behind a harmless film, and
// the answer "ok"; and frames of a film of JPEGs, each told as a hidden picture.
#include <catch2/catch.hpp>

#include "image/make.h"

using namespace reseau;

namespace {

using make::File;

File operator+(File a, const File& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

File text(std::string_view letters) { return {letters.begin(), letters.end()}; }

File number(std::uint64_t value, int bytes, bool big_endian) {
  File file;
  for (int i = 0; i < bytes; ++i)
    file.push_back(static_cast<std::uint8_t>(value >> 8 * (big_endian ? bytes - 1 - i : i)));
  return file;
}

File box(std::string_view type, const File& holds) {
  return number(holds.size() + 8, 4, true) + text(type) + holds;
}

/// Of Matroska; a length of 8 bytes.
File element(std::uint64_t id, int id_bytes, const File& holds) {
  return number(id, id_bytes, true) + number(std::uint64_t{1} << 56 | holds.size(), 8, true) +
         holds;
}

File chunk(std::string_view type, const File& holds) {
  File file = text(type) + number(holds.size(), 4, false) + holds;
  if (holds.size() % 2 != 0) file.push_back(0);
  return file;
}

const File kPicture = make::jpeg(make::scene(64, 48));
const File kJunk(1000, 'j');

/// A video's file, with a picture among its frames.
struct Video {
  std::string name;
  File begin;   ///< up to its frames
  File frames;  ///< of which one is a JPEG
  File end;     ///< what comes behind frames, and is no frame
};

std::vector<Video> videos() {
  const File type = box("ftyp", text("isom") + number(512, 4, true) + text("isomavc1"));
  const File header = element(0x1A45DFA3, 4, element(0x4282, 2, text("matroska")));
  const File tracks = element(0x1654AE6B, 4, File(50, 't'));
  const File cluster = element(0x1F43B675, 4, kJunk + kPicture + kJunk);
  const auto segment = [&](const File& all) {
    return number(0x18538067, 4, true) + number(std::uint64_t{1} << 56 | all.size(), 8, true);
  };
  const File cues = element(0x1C53BB6B, 4, File(40, 'c'));
  const File movi = chunk("LIST", text("movi") + kJunk + kPicture + kJunk);
  const File index = chunk("idx1", File(32, 'i'));
  const File avi_head = chunk("LIST", text("hdrl") + File(60, 'h'));
  const auto riff = [&](std::string_view kind, const File& all) {
    return text("RIFF") + number(all.size() + 4, 4, false) + text(kind);
  };
  return {
      {"MP4", type + box("moov", File(400, 'm')), box("mdat", kJunk + kPicture), box("free", {})},
      {"MP4 in fragments",
       type,
       box("moof", File(80, 'm')) + box("mdat", kPicture) + box("moof", {}) + box("mdat", kPicture),
       {}},
      {"MP4, 64-bit", type,
       number(1, 4, true) + text("mdat") + number(16 + kPicture.size(), 8, true) + kPicture,
       box("moov", {})},
      {"Matroska", header + segment(tracks + cluster + cluster + cues) + tracks, cluster + cluster,
       cues},
      {"AVI", riff("AVI ", avi_head + movi + index) + avi_head, movi, index},
      {"AVI of two RIFFs",
       riff("AVI ", avi_head + movi) + avi_head,
       movi + riff("AVIX", movi) + movi,
       {}}};
}

std::vector<std::size_t> offsets(const File& file) {
  std::vector<std::size_t> offsets;
  for (const Embedded& embedded : find_embedded(Bytes(file)).files) {
    CHECK(embedded.offset < embedded.end);
    CHECK(embedded.end <= file.size());
    offsets.push_back(embedded.offset);
  }
  return offsets;
}

using Offsets = std::vector<std::size_t>;

}  // namespace

TEST_CASE("Frames of a film are not told as pictures hidden in it, whole or cut") {
  for (const Video& video : videos()) {
    CAPTURE(video.name);
    const File file = video.begin + video.frames + video.end;
    REQUIRE(sniff(Bytes(file)).media == Media::video);
    CHECK(offsets(file).empty());
    for (std::size_t length = 64; length < file.size(); length += 37) {
      CAPTURE(length);
      CHECK(offsets({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length)}).empty());
    }
  }
  // Of what other containers look like inside nothing is known.
  const File flv = text("FLV") + File{1, 5, 0, 0, 0, 9} + kJunk + kPicture;
  REQUIRE(sniff(Bytes(flv)).media == Media::video);
  CHECK(offsets(flv).empty());
}

TEST_CASE("A picture behind a film's end is found") {
  for (const Video& video : videos()) {
    CAPTURE(video.name);
    const File film = video.begin + video.frames + video.end;
    CHECK(offsets(film + kPicture) == Offsets{film.size()});
    CHECK(offsets(film + kJunk + kPicture + kJunk) == Offsets{film.size() + kJunk.size()});
  }
}

TEST_CASE("A cover or an attachment is found, and ends where the frames go on") {
  const File type = box("ftyp", text("isom") + number(512, 4, true) + text("isomavc1"));
  const File cover =
      box("moov", box("udta", box("meta", box("ilst", box("covr", box("data", kPicture))))));
  const std::size_t place = type.size() + cover.size() - kPicture.size();
  const File mp4 = type + cover + box("mdat", kPicture);
  const EmbeddedFiles found = find_embedded(Bytes(mp4));
  REQUIRE(found.files.size() == 1);
  CHECK(found.files[0].offset == place);
  CHECK(found.files[0].end == type.size() + cover.size());
  CHECK(found.files[0].format.name == "JPEG");
  CHECK(offsets(type + box("mdat", kPicture) + box("free", kPicture)) ==
        Offsets{type.size() + kPicture.size() + 16});

  const File header = element(0x1A45DFA3, 4, element(0x4282, 2, text("matroska")));
  const File cluster = element(0x1F43B675, 4, kPicture);
  const File attached = element(0x1941A469, 4, kPicture);
  CHECK(offsets(header + element(0x18538067, 4, cluster + attached)) ==
        Offsets{header.size() + 12 + cluster.size() + 12});
  // A live stream's segment has no end, and its clusters may have none.
  const File endless = number(0x18538067, 4, true) + File{0xFF} + attached +
                       number(0x1F43B675, 4, true) + File{0xFF} + kPicture;
  CHECK(offsets(header + endless) == Offsets{header.size() + 5 + 12});
}

TEST_CASE("A film behind a film or a picture is found, and its frames are no pictures") {
  for (const Video& video : videos()) {
    CAPTURE(video.name);
    const File film = video.begin + video.frames + video.end;
    const File before = videos().front().begin + videos().front().frames;
    for (const File& outer : {before, kPicture}) {
      const EmbeddedFiles found = find_embedded(Bytes(outer + film + kPicture));
      REQUIRE(found.files.size() == 2);
      CHECK(found.files[0].offset == outer.size());
      CHECK(found.files[0].format.media == Media::video);
      CHECK(found.files[1].offset == outer.size() + film.size());
    }
  }
}

TEST_CASE(
    "A container of a million boxes is not gone through for ever, and hides nothing behind them") {
  const File type = box("ftyp", text("isom") + number(512, 4, true) + text("isomavc1"));
  File boxes;
  const File free = box("free", {});
  for (int i = 0; i < 100'000; ++i) boxes.insert(boxes.end(), free.begin(), free.end());
  CHECK(offsets(type + boxes + kPicture).size() == 1);
}

TEST_CASE("Damaged containers end the search for frames, and nothing else") {
  for (const Video& video : videos()) {
    CAPTURE(video.name);
    const File file = video.begin + video.frames + video.end + kPicture;
    for (std::size_t at = 0; at < std::min<std::size_t>(file.size(), 400); ++at) {
      for (const int bits : {0x01, 0x80, 0xFF}) {
        File broken = file;
        broken[at] = static_cast<std::uint8_t>(broken[at] ^ bits);
        for (const Embedded& embedded : find_embedded(Bytes(broken)).files)
          CHECK(embedded.end <= broken.size());
      }
    }
  }
}
