#include <catch2/catch.hpp>

#include "image/make.h"

using namespace reseau;
using namespace std::string_literals;

TEST_CASE("Every format is known by its first bytes, and says whether it can be looked at") {
  struct Row {
    std::string bytes;
    std::string name;
    Media media;
  };
  const auto brand = [](const std::string& major, const std::string& more = "") {
    return "\0\0\0"s + static_cast<char>(16 + more.size()) + "ftyp" + major + "\0\0\0\0"s + more;
  };
  const std::string packet = "G" + std::string(187, 'x');
  const std::vector<Row> rows = {
      {brand("heic"), "HEIC", Media::image},
      {brand("mif1", "mif1heic"), "HEIC", Media::image},
      {brand("mif1", "mif1avif"), "AVIF", Media::image},
      {brand("mif1", "mif1"), "HEIF", Media::image},
      {brand("avif"), "AVIF", Media::image},
      {brand("avis"), "AVIF", Media::image},
      {brand("crx "), "Canon raw", Media::image},
      {brand("isom"), "MP4", Media::video},
      {brand("mp42"), "MP4", Media::video},
      {brand("qt  "), "MOV", Media::video},
      {brand("3gp5"), "3GP", Media::video},
      {"\0\0\0\x20moov"s, "MOV", Media::video},
      {"\xFF\x0A\1\2"s, "JPEG XL", Media::image},
      {"\0\0\0\x0CJXL \r\n\x87\n"s, "JPEG XL", Media::image},
      {"\0\0\0\x0CjP  \r\n\x87\n"s, "JPEG 2000", Media::image},
      {"\xFF\x4F\xFF\x51"s, "JPEG 2000", Media::image},
      {"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\0\0\0\0\x16\0\0\0"s, "ICO", Media::image},
      {"\0\0\2\0\1\0\x10\x10\0\0\1\0\x20\0\0\0\0\0\x16\0\0\0"s, "CUR", Media::image},
      {"\0\0\1\0\1\0\x10\x10\0\xFF\1\0\x20\0\0\0\0\0\x16\0\0\0"s, "ICO", Media::image},  // .NET
      {"BA\x20\0\0\0\0\0\0\0\0\4\0\3BM"s, "OS/2 bitmap array", Media::image},
      {"8BPS\0\1"s, "PSD", Media::image},
      {"<svg xmlns="s, "SVG", Media::image},
      {"\xEF\xBB\xBF \n<?xml version='1.0'?><!-- x --><svg>"s, "SVG", Media::image},
      {"v/1\1"s, "OpenEXR", Media::image},
      {"#?RADIANCE\n"s, "Radiance HDR", Media::image},
      {"P6\n3 2\n255\n"s, "PNM", Media::image},
      {"P1\n# comment"s, "PNM", Media::image},
      {"P7\nWIDTH 3"s, "PNM", Media::image},
      {"qoif"s, "QOI", Media::image},
      {"II*\0\x10\0\0\0CR\2\0"s, "Canon raw", Media::image},
      {"\x1A\x45\xDF\xA3\x93\x42\x82\x88matroska"s, "Matroska", Media::video},
      {"\x1A\x45\xDF\xA3\x93\x42\x82\x84webm"s, "WebM", Media::video},
      {"RIFF\1\1\1\1AVI LIST"s, "AVI", Media::video},
      {packet + packet + packet, "MPEG-TS", Media::video},
      {"time" + packet + "time" + packet, "MPEG-TS", Media::video},
      {"\0\0\1\xBA"s, "MPEG-PS", Media::video},
      {"FLV\1"s, "FLV", Media::video},
      {"\x30\x26\xB2\x75\x8E\x66\xCF\x11"s, "ASF", Media::video},
      {"OggS"s, "Ogg", Media::video},
      {std::string(128, '\0') + "DICM", "DICOM", Media::image}};
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Format format = sniff(Bytes(row.bytes));
    REQUIRE(format.name == row.name);
    REQUIRE(format.media == row.media);
    // Those of large libraries are decoded as the build was told.
    const bool by_build = row.name == "HEIC" || row.name == "HEIF" || row.name == "AVIF" ||
                          row.name == "JPEG XL" || row.name == "JPEG 2000";
    const bool icon = row.name == "ICO" || row.name == "CUR";
    if (!by_build) REQUIRE(format.decodable == icon);
    if (!format.decodable)
      REQUIRE(decode(Bytes(row.bytes)).error().code == Code::unsupported_format);
  }
  for (const auto& [name, file] : make::samples(16, 16)) {
    const Format format = sniff(Bytes(file));
    REQUIRE(format.name == name.substr(0, format.name.size()));
    REQUIRE(format.media == Media::image);
    REQUIRE(format.decodable);
  }
  REQUIRE(name(Media::image) == "image");
}

TEST_CASE(
    "What is not media is not taken for it: text, archives, and the start of nearly anything") {
  for (const auto& bytes :
       {""s, "B"s, "BM"s, "BMW is a maker of cars, and this is a letter"s, "P"s, "P6"s,
        "Peter wrote"s, "P1 is the first"s, "RIFF\1\1\1\1WAVEfmt "s, "%PDF-1.7"s, "PK\3\4"s,
        "<html><body>"s, "<?xml version='1.0'?><note/>"s, "G"s, "Good morning"s, "\0\0\1\0"s,
        std::string(600, '\0'), std::string(600, 'x')}) {
    CAPTURE(bytes);
    const Format format = sniff(Bytes(bytes));
    REQUIRE(format.media == Media::none);
    REQUIRE(format.name == "unknown");
    REQUIRE_FALSE(format.decodable);
  }
}

TEST_CASE("Sniffing never reads beyond the bytes that are there") {
  for (const auto& [name, file] : make::samples(16, 16)) {
    for (std::size_t length = 0; length < 64; ++length) {
      const make::File start(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
      // Of where the bytes end, the address sanitizer is the judge.
      const Format format = sniff(Bytes(start));
      REQUIRE((format.media == Media::none || length >= 2));
    }
  }
}
