// What the bytes are, by the marks that their formats' specifications put at the start. The list is
// longer than what is decoded: "an HEIC picture, not examined" is worth more than "unknown".
#include <algorithm>
#include <array>

#include <reseau/image.h>

#include "image/common.h"

namespace reseau {
namespace {

using namespace std::string_view_literals;
using detail::has;
using detail::load_big;
using detail::load_little;

constexpr std::size_t kSniffed = 512;

struct Magic {
  std::string_view bytes;
  Format format;
  std::size_t offset = 0;
};

constexpr Format picture(std::string_view name) { return {Media::image, name, false}; }
constexpr Format decoded(std::string_view name) { return {Media::image, name, true}; }
// Decoded where the build has the library for it.
#ifdef RESEAU_HEIF
constexpr bool kHeif = true;
#else
constexpr bool kHeif = false;
#endif
#ifdef RESEAU_AVIF
constexpr bool kAvif = true;
#else
constexpr bool kAvif = false;
#endif
#ifdef RESEAU_JXL
constexpr bool kJxl = true;
#else
constexpr bool kJxl = false;
#endif
#ifdef RESEAU_JP2
constexpr bool kJp2 = true;
#else
constexpr bool kJp2 = false;
#endif
constexpr Format perhaps(bool is_decoded, std::string_view name) {
  return {Media::image, name, is_decoded};
}
constexpr Format video(std::string_view name) { return {Media::video, name, false}; }

// The first that fits counts: camera raw files are TIFF by their first bytes.
constexpr std::array kMagic = {
    Magic{"\xFF\xD8\xFF"sv, decoded("JPEG")},
    Magic{"\x89PNG\r\n\x1A\n"sv, decoded("PNG")},
    Magic{"GIF87a"sv, decoded("GIF")},
    Magic{"GIF89a"sv, decoded("GIF")},
    Magic{"CR\x02"sv, picture("Canon raw"), 8},
    Magic{"II*\0"sv, decoded("TIFF")},
    Magic{"MM\0*"sv, decoded("TIFF")},
    Magic{"II+\0"sv, decoded("TIFF")},  // BigTIFF
    Magic{"MM\0+"sv, decoded("TIFF")},
    Magic{"\xFF\x0A"sv, perhaps(kJxl, "JPEG XL")},
    Magic{"\0\0\0\x0CJXL \r\n\x87\n"sv, perhaps(kJxl, "JPEG XL")},
    Magic{"\0\0\0\x0CjP  \r\n\x87\n"sv, perhaps(kJp2, "JPEG 2000")},
    Magic{"\xFF\x4F\xFF\x51"sv, perhaps(kJp2, "JPEG 2000")},
    Magic{"II\xBC"sv, picture("JPEG XR")},
    Magic{"8BPS"sv, picture("PSD")},
    Magic{"gimp xcf"sv, picture("XCF")},
    Magic{"v/1\x01"sv, picture("OpenEXR")},
    Magic{"#?RADIANCE"sv, picture("Radiance HDR")},
    Magic{"#?RGBE"sv, picture("Radiance HDR")},
    Magic{"qoif"sv, picture("QOI")},
    Magic{"farbfeld"sv, picture("farbfeld")},
    Magic{"BPG\xFB"sv, picture("BPG")},
    Magic{"FLIF"sv, picture("FLIF")},
    Magic{"DDS "sv, picture("DDS")},
    Magic{"\xABKTX "sv, picture("KTX")},
    Magic{"\x59\xA6\x6A\x95"sv, picture("Sun raster")},
    Magic{"\x8AMNG\r\n\x1A\n"sv, picture("MNG")},
    Magic{"\x8BJNG\r\n\x1A\n"sv, picture("JNG")},
    Magic{"\xD7\xCD\xC6\x9A"sv, picture("WMF")},
    Magic{" EMF"sv, picture("EMF"), 40},
    Magic{"AT&TFORM"sv, picture("DjVu")},
    Magic{"DICM"sv, picture("DICOM"), 128},
    Magic{"SIMPLE  ="sv, picture("FITS")},
    Magic{"FUJIFILMCCD-RAW"sv, picture("Fujifilm raw")},
    Magic{"IIRO"sv, picture("Olympus raw")},
    Magic{"IIRS"sv, picture("Olympus raw")},
    Magic{"IIU\0"sv, picture("Panasonic raw")},
    Magic{"FOVb"sv, picture("Sigma raw")},
    Magic{"\0MRM"sv, picture("Minolta raw")},
    Magic{"FLV\x01"sv, video("FLV")},
    Magic{"\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, video("ASF")},
    Magic{"OggS"sv, video("Ogg")},
    Magic{".RMF"sv, video("RealMedia")},
    Magic{"\0\0\x01\xBA"sv, video("MPEG-PS")},
    Magic{"\0\0\x01\xB3"sv, video("MPEG-1/2")},
    Magic{"\x06\x0E\x2B\x34\x02\x05\x01\x01"sv, video("MXF")},
    Magic{"DKIF"sv, video("IVF")},
    Magic{"YUV4MPEG2"sv, video("YUV4MPEG")},
    Magic{"nut/multimedia container"sv, video("NUT")},
    Magic{"moov"sv, video("MOV"), 4},
    Magic{"mdat"sv, video("MOV"), 4},
    Magic{"wide"sv, video("MOV"), 4},
    Magic{"pnot"sv, video("MOV"), 4},
    Magic{"free"sv, video("MOV"), 4},
    Magic{"skip"sv, video("MOV"), 4},
};

std::string_view text(Bytes file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

// ISO/IEC 14496-12, section 4.3: the brands of a file, the major one first.
Format sniff_brands(Bytes file) {
  const std::size_t end = std::min<std::size_t>(load_big(file, 0, 4), file.size());
  const auto any_of = [&](std::initializer_list<std::string_view> brands) {
    for (std::size_t at = 8; at + 4 <= end; at += 4) {
      if (at == 12) continue;  // the minor version
      if (std::any_of(brands.begin(), brands.end(), [&](auto b) { return has(file, at, b); }))
        return true;
    }
    return false;
  };
  if (any_of({"avif", "avis"})) return perhaps(kAvif, "AVIF");
  if (any_of({"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"}))
    return perhaps(kHeif, "HEIC");
  if (any_of({"mif1", "msf1", "mif2", "miaf"})) return perhaps(kHeif, "HEIF");
  if (has(file, 8, "crx ")) return picture("Canon raw");
  if (has(file, 8, "qt  ")) return video("MOV");
  if (has(file, 8, "3g")) return video("3GP");
  return video("MP4");
}

Format sniff_riff(Bytes file) {
  if (has(file, 8, "WEBP")) return decoded("WebP");
  if (has(file, 8, "AVI ")) return video("AVI");
  if (has(file, 8, "ACON")) return picture("ANI");
  return {};
}

// Two letters are too few: the size of the header that follows must look like one, and not like
// text.
bool is_bmp(Bytes file) {
  const std::uint64_t header = load_little(file, 14, 4);
  return has(file, 0, "BM") && header >= 12 && header < 65'536;
}

// Reserved zero, kind, count; then the first entry, the fourth byte of which is zero, or 255 as
// .NET writes it.
bool is_icon(Bytes file, std::uint64_t kind) {
  const std::uint64_t count = load_little(file, 4, 2);
  return file.size() >= 22 && load_little(file, 0, 2) == 0 && load_little(file, 2, 2) == kind &&
         count >= 1 && count <= 1024 && (file[9] == 0 || file[9] == 255);
}

// A header of its own before that of its first bitmap or icon.
bool is_bitmap_array(Bytes file) {
  return has(file, 0, "BA") && (has(file, 14, "BM") || has(file, 14, "CI") || has(file, 14, "CP") ||
                                has(file, 14, "IC") || has(file, 14, "PT"));
}

bool is_pnm(Bytes file) {
  if (file.size() < 4 || file[0] != 'P') return false;
  const bool kind = (file[1] >= '1' && file[1] <= '7') || file[1] == 'F' || file[1] == 'f';
  const bool space = file[2] == ' ' || file[2] == '\t' || file[2] == '\r' || file[2] == '\n';
  const bool number = (file[3] >= '0' && file[3] <= '9') || file[3] == '#' || file[3] == ' ';
  return kind && space && (file[1] == '7' ? has(file, 3, "WIDTH") || file[3] == '#' : number);
}

bool is_pcx(Bytes file) {
  return file.size() >= 128 && file[0] == 10 && file[1] <= 5 && file[1] != 1 && file[2] <= 1 &&
         (file[3] == 1 || file[3] == 2 || file[3] == 4 || file[3] == 8) && file[64] == 0;
}

// Packets of 188 bytes, of which some players' begin with four bytes of time.
bool is_transport_stream(Bytes file, std::size_t first, std::size_t packet) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (!has(file, first + i * packet, "G")) return false;
  }
  return first + 2 * packet >= file.size() || has(file, first + 2 * packet, "G");
}

// An XML document, perhaps after declarations and comments, with an svg element near its start.
bool is_svg(Bytes file) {
  std::string_view start = text(file);
  if (has(file, 0, "\xEF\xBB\xBF")) start.remove_prefix(3);
  start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n"), start.size()));
  if (start.substr(0, 4) == "<svg") return true;
  const bool xml = start.substr(0, 5) == "<?xml" || start.substr(0, 4) == "<!--" ||
                   start.substr(0, 9) == "<!DOCTYPE";
  return xml && (start.find("<svg") != std::string_view::npos ||
                 start.find("DOCTYPE svg") != std::string_view::npos);
}

// Text that names other files for a player to open.
bool is_playlist(Bytes file) {
  std::string_view start = text(file);
  if (has(file, 0, "\xEF\xBB\xBF")) start.remove_prefix(3);
  start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n"), start.size()));
  const auto begins = [start](std::string_view word) { return start.starts_with(word); };
  if (begins("#EXTM3U") || begins("ffconcat version") || begins("[playlist]") ||
      begins("[Playlist]"))
    return true;
  if (begins("v=0\r\no=") || begins("v=0\no=")) return true;  // SDP
  return begins("<") && (start.find("<MPD") != std::string_view::npos ||
                         start.find("<SmoothStreamingMedia") != std::string_view::npos ||
                         start.find("<smil") != std::string_view::npos ||
                         start.find("<asx") != std::string_view::npos);
}

}  // namespace

Format sniff(Bytes file) noexcept {
  file = Bytes(file.first(std::min(file.size(), kSniffed)));
  for (const Magic& magic : kMagic) {
    if (has(file, magic.offset, magic.bytes)) return magic.format;
  }
  if (has(file, 4, "ftyp")) return sniff_brands(file);
  if (has(file, 0, "RIFF")) return sniff_riff(file);
  if (has(file, 0, "\x1A\x45\xDF\xA3"))
    return text(file).find("webm") < 64 ? video("WebM") : video("Matroska");
  if (is_bmp(file)) return decoded("BMP");
  if (is_bitmap_array(file)) return picture("OS/2 bitmap array");
  if (is_icon(file, 1)) return decoded("ICO");
  if (is_icon(file, 2)) return decoded("CUR");
  if (is_pnm(file)) return picture("PNM");
  if (is_pcx(file)) return picture("PCX");
  if (is_transport_stream(file, 0, 188) || is_transport_stream(file, 4, 192))
    return video("MPEG-TS");
  if (is_svg(file)) return picture("SVG");
  if (is_playlist(file)) return video("playlist");
  return {};
}

}  // namespace reseau
