#include <reseau/signature.h>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace reseau;

namespace {

Signature random_signature(Algorithm algorithm, std::mt19937& random) {
  std::vector<std::uint8_t> bytes(width_of(algorithm));
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return Signature::from_bytes(algorithm, Bytes(bytes)).value();
}

}  // namespace

TEST_CASE("Text forms lose nothing: hex and base64 of any length come back the same") {
  std::mt19937 random(1);
  for (std::size_t length = 0; length < 70; ++length) {
    std::vector<std::uint8_t> bytes(length);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const std::string raw(bytes.begin(), bytes.end());
    REQUIRE(from_hex(to_hex(Bytes(bytes))).value() == raw);
    REQUIRE(from_base64(to_base64(Bytes(bytes))).value() == raw);
  }
  // RFC 4648, section 10.
  REQUIRE(to_base64(Bytes(std::string("foobar"))) == "Zm9vYmFy");
  REQUIRE(to_base64(Bytes(std::string("fooba"))) == "Zm9vYmE=");
  REQUIRE(to_base64(Bytes(std::string("foob"))) == "Zm9vYg==");
}

TEST_CASE("A signature survives hex and base64, whatever the case of the digits") {
  std::mt19937 random(2);
  for (const Algorithm algorithm : kAlgorithms) {
    const Signature signature = random_signature(algorithm, random);
    std::string upper = signature.hex();
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    REQUIRE(Signature::from_hex(algorithm, signature.hex()).value() == signature);
    REQUIRE(Signature::from_hex(algorithm, upper).value() == signature);
    REQUIRE(Signature::from_base64(algorithm, signature.base64()).value() == signature);
  }
}

TEST_CASE("A mistyped hash is refused with the place of the mistake, never read as another hash") {
  const std::string good(64, 'a');
  REQUIRE(Signature::from_hex(Algorithm::pdq, good));
  for (const auto& bad : {good.substr(1), good + "a", good + "aa", std::string(),
                          " " + good.substr(1), "0x" + good.substr(2), "g" + good.substr(1)}) {
    const auto read = Signature::from_hex(Algorithm::pdq, bad);
    REQUIRE_FALSE(read);
    REQUIRE(read.error().code == Code::invalid_argument);
  }
  REQUIRE(from_hex("ab!0").error().message == "not hex: unexpected character at position 2");
  for (const auto* bad : {"A", "AA=A", "====", "AB==", "AAB=", "A B=", "AA\n="})
    REQUIRE_FALSE(from_base64(bad));
}

TEST_CASE(
    "Distance is a metric's square or a metric: zero for equal, symmetric, by hand on known "
    "pairs") {
  std::mt19937 random(3);
  for (const Algorithm algorithm : kAlgorithms) {
    const Signature a = random_signature(algorithm, random);
    const Signature b = random_signature(algorithm, random);
    REQUIRE(distance(a, a).value() == 0);
    REQUIRE(distance(a, b).value() == distance(b, a).value());
  }
  const auto pdq = [](char c) {
    return Signature::from_hex(Algorithm::pdq, std::string(64, c)).value();
  };
  REQUIRE(distance(pdq('0'), pdq('f')).value() == 256);
  REQUIRE(distance(pdq('0'), pdq('1')).value() == 64);
  // int8: 7f is 127, 80 is -128, so the two are 255 apart and not 1.
  std::string low(192, '0');
  std::string high(192, '0');
  low.replace(0, 2, "80");
  high.replace(0, 2, "7f");
  REQUIRE(distance(Signature::from_hex(Algorithm::grid, low).value(),
                   Signature::from_hex(Algorithm::grid, high).value())
              .value() == 255 * 255);
}

TEST_CASE("Unlike signatures are never compared as if they were alike") {
  std::mt19937 random(4);
  const auto mixed =
      distance(random_signature(Algorithm::grid, random), random_signature(Algorithm::pdq, random));
  REQUIRE_FALSE(mixed);
  REQUIRE(mixed.error().code == Code::unlike_signatures);
  REQUIRE_FALSE(distance(Signature(), Signature()));
}
