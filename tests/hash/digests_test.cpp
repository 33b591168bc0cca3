#include <reseau/hash.h>
#include <catch2/catch.hpp>
#include <string>

using namespace reseau;

TEST_CASE("Digests are the world's digests, or no list made elsewhere would ever match") {
  // RFC 1321 (MD5), FIPS 180-4 examples (SHA-1, SHA-256).
  const Digests abc = digests(Bytes(std::string("abc")));
  REQUIRE(to_hex(Bytes(abc.md5)) == "900150983cd24fb0d6963f7d28e17f72");
  REQUIRE(to_hex(Bytes(abc.sha1)) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  REQUIRE(to_hex(Bytes(abc.sha256)) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  REQUIRE(to_hex(Bytes(digests(Bytes()).sha256)) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const Digests million = digests(Bytes(std::string(1'000'000, 'a')));  // crosses many chunks
  REQUIRE(to_hex(Bytes(million.md5)) == "7707d6ae4e027c70eea2a935c2296f21");
  REQUIRE(to_hex(Bytes(million.sha1)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  REQUIRE(to_hex(Bytes(million.sha256)) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
