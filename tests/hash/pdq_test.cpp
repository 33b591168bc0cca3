#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

int bits_apart(const Signature& a, const Signature& b) { return distance(a, b).value(); }

struct Golden {
  int width, height;
  std::uint32_t seed;
  int quality;
  std::array<const char*, 8> hex;  // as is, 90, 180, 270, flip x, flip y, flip plus 1, flip minus 1
};

// Produced by PyPI's pdqhash 0.2.8 (Meta's C++ code, bound by others) from the same pixels:
// compute_dihedral of discs(width, height, seed) as three equal channels.
const Golden kGolden[] = {
    {320,
     240,
     1,
     100,
     {"3887e72c19430607aabd23a7877c45c3b6706dfc256a8bdb8cac9ab592a4c59b",
      "4a9fba1ecce05f70a85cac165e96988e8d5fdc0f4eeeb52a4a7900b1b53142ea",
      "6dd24d864c12acadffe8890dd229ef69a3214756203f217149f9301fc7f16f31",
      "1fea14b49bbdf5dbfd0906bc0be33224f80a76a51bbb1f803f2c8b1be064e840",
      "388718c319cbf9f8aabddc58a77cba3cf6709203e76a7424bcac654a92a43a64",
      "6dd2b2694c125352ffe836f2d2291092a32538a9303fde8ec9f9cfe0c7f180ce",
      "4a9f4141cce0a086a85c53e95e9667718d5f23f04eee0ad54a79de4eb531bd15",
      "1f82eb4b99b50a04fd09f9430bc3cddbd80a895a1bbba07f1f2c5464e06417bf"}},
    {64,
     64,
     2,
     100,
     {"40001313dbdbbdfe64ec02414901db29b6feb66c96936d33a45bd5a4db6d2c96",
      "31ee54e918d9ce193317e72265e28ce938a5c33519d68f6639cae73870b998c5",
      "1555b9b98e8e17543199a8eb1c547183e3ab9cc6c3c6c799f10e7f0e8e38863c",
      "64fbfe434d8c24b366464da830b726436df0699f448325ec6c9f4d9225ec326f",
      "4000ececdbdb420164ccfdbe490124d6b6fec993969392cca45b2a5bdb6dd369",
      "155556468e8ee8ab31b957141c548e7ce3abe339c7d63866f10e88f18e3879c3",
      "31eeab1618d971e6331318fd65e2731638a53cca19d670b939ca18c770b9673a",
      "64fb01bc4d8cdb4c6646b25730b7d9bc6df096604483da136c9fb26d25eccd90"}},
    {200,
     300,
     3,
     100,
     {"84561be0c5dd1ee64df001f8fd8606797ea2ff467fe0fe2f37e0e1a710190101",
      "a3d4d50b02fcad055af84407d1f895927ebc02975dbc52fd25124dab92d4dee8",
      "d313b54a9088b44c18a5ab52a8d3acdbabf755ec2ab554856ab57b0d454cabab",
      "f601ffa157a907ab0fa5aead84ad3b382be9a83d08e9f8577047e701c7817442",
      "c656e01fc5dde1194df0fe07fd8679867ea200b97fe0015037e00e581019fefe",
      "d3034eb590884bb318a555ada8d3d32cabf7aa132ab5abfa6ab5b4f2454c5454",
      "a2542af402fc52fa5af0bbf851f86e6d7eacfd685dbcad022512b25492d42117",
      "f781805e57adf8540fad515284adc4c72bf957c208e987a8714718fec7818bbd"}},
    {512,
     512,
     4,
     84,
     {"1d11af04a04b38758ead354aa8f518b9754e39e3ab74d1cca22b5d94571daaee",
      "6a39ff6976e96a29db653379482b3b090b55c90e1b296cd92d9ba54824c946b5",
      "484405aef51e92dfdbf89fe0fda0b213201b9369fc217b66f77ef73e02480044",
      "3f6c55c323bcc0838e3099d31d5e91a35e0063a44e7cc67378ce0fe2719cee1f",
      "1d1150fba04bc78a8eadcab5a8f5e746754ec63ca9742e33a22ba26b571d5511",
      "4844fa51f51e6d20dbf8601ffda14dec201b6c96fe218499f77e08c10248ffbb",
      "6a39009676e995d6db65cc86482bc4f60b5536f11b6993262d9b5ab724c9bb4a",
      "3f6caa3c23bc3f7c8e30662c1d5e6e5c5e009c5b4e7c398c78cef01d719c11e0"}},
    {97,
     61,
     5,
     100,
     {"8c48b861140d031678bdef72e7738f0e50eb30eb439df11ca83445e1a897fcef",
      "d71b714a4e5b972ecd0b48fa3720e8cb08e7393a4ecde1c5a9f3c68417c39518",
      "991d12cb43582dbc2de845d8b22625a405be9a4516c85bb6fd61ef4bfdca5645",
      "924edbe05b0e3d84985ef250e27542617db293901b984b6ffca66c6e42963fb2",
      "ce48679e168dfce978bd108de77370f150ebcf14439d0ee3a834ba1ea89f0310",
      "991ded344358d2432de8ba27b226da5b05be65ba16c8a449fd6110b4fdcaa9ba",
      "c71b0eb54e5b68d1cd0ba7051720173408e7c6c54ecd1e3aa9f1393b17c36ae7",
      "824e241f1b0ec27b985e1daf6275bd9e5db26c6f1b98b490fca693d14296c04d"}},
    {512,
     33,
     6,
     100,
     {"48245f2746933f536dbbc8accd929000e9d311245fb75dafccdbabda60307136",
      "078c11441a87ae8efebc85c770a4a50a2ebcef73ce73c5500c1c3b8e7abd8747",
      "1d71f58d13c695f938ee620698c73aaabc86bb8e0ae2f705998e01703565db9c",
      "52d9bbee4d9204248be92f6d25310fa07be945d999266ffa494991242fe82de9",
      "4824a0d84693c0a46dbb3753cd926fffe9d3ccdb5fb7a250ccdb542460308ec9",
      "1d710a721bc66a0638ee9df9b8e7c555be8644710ae208fa998efe8f35652463",
      "078ceebb18875171debc7a3870245af52ebc108ccc733aaf0c1cc4717abd78b8",
      "52d944114dd2fbdb8be9d0922571f05f7be9ba269926900559496edb2fe8d212"}},
};

/// Where in kViews the eight of Meta's order stand; its turns are counter-clockwise.
constexpr std::array<std::size_t, 8> kMetasOrder = {0, 3, 2, 1, 6, 4, 7, 5};

}  // namespace

TEST_CASE(
    "PDQ is PDQ, bit for bit, or no list of PDQ hashes made elsewhere could be trusted here") {
  for (const Golden& golden : kGolden) {
    CAPTURE(golden.width, golden.height, golden.seed);
    const Picture picture = discs(golden.width, golden.height, golden.seed);
    const Hashed hashed = pdq(picture.view()).value();
    CHECK(hashed.signature.hex() == golden.hex[0]);
    CHECK(hashed.quality == golden.quality);
    const HashedViews views = pdq_views(picture.view()).value();
    CHECK(views.quality == golden.quality);
    for (std::size_t i = 0; i < golden.hex.size(); ++i) {
      CAPTURE(i);
      CHECK(views.signatures[kMetasOrder[i]].hex() == golden.hex[i]);
    }
  }
}

TEST_CASE("Pictures over 512 pixels hash as Meta's program hashes them: nearest neighbour first") {
  const Picture small = discs(512, 512, 7);
  // Each pixel of `small` stands at the place that the nearest-neighbour rule reads; the others
  // lie.
  Picture large = flat(1536, 1024, 0);
  for (int y = 0; y < large.height; ++y) {
    for (int x = 0; x < large.width; ++x) {
      const bool read = x % 3 == 0 && y % 2 == 0;
      large.at(x, y) = read ? small.at(x / 3, y / 2) : static_cast<std::uint8_t>(x * y);
    }
  }
  REQUIRE(pdq(large.view()).value().signature == pdq(small.view()).value().signature);
  REQUIRE(pdq(large.view()).value().quality == pdq(small.view()).value().quality);
}

TEST_CASE("A turned, mirrored or inverted copy is met by one of the views") {
  const Picture picture = discs(320, 240, 1);
  const HashedViews views = pdq_views(picture.view()).value();
  for (std::size_t v = 0; v < kViews.size(); ++v) {
    CAPTURE(describe(kViews[v]));
    // Filtering and sampling are not quite symmetric, so some bits differ.
    const Hashed copy = pdq(viewed(picture, kViews[v]).view()).value();
    CHECK(bits_apart(views.signatures[v], copy.signature) <= 30);
  }
}

TEST_CASE("Views of a bare hash come near those of the picture") {
  const Picture picture = discs(320, 240, 1);
  const HashedViews exact = pdq_views(picture.view()).value();
  const auto near = pdq_views(exact.signatures[0]);
  REQUIRE(near[0] == exact.signatures[0]);
  for (std::size_t v = 0; v < kViews.size(); ++v) {
    CAPTURE(describe(kViews[v]));
    CHECK(bits_apart(near[v], exact.signatures[v]) <= 24);
  }
}

TEST_CASE("The same pixels hash the same in whatever layout they come") {
  const Picture picture = discs(200, 300, 3);
  std::mt19937 random(5);
  std::vector<std::uint8_t> rgb;
  std::vector<std::uint8_t> bgr;
  std::vector<float> luma;
  for (const std::uint8_t level : picture.gray) {
    const auto red = level;
    const auto green = static_cast<std::uint8_t>(random() % 256);
    const auto blue = static_cast<std::uint8_t>(random() % 256);
    rgb.insert(rgb.end(), {red, green, blue});
    bgr.insert(bgr.end(), {blue, green, red});
    luma.push_back(0.299F * red + 0.587F * green + 0.114F * blue);
  }
  const auto hash = [](const void* pixels, int stride, PixelLayout layout) {
    return pdq({pixels, 200, 300, stride, layout}).value().signature;
  };
  const Signature expected = hash(luma.data(), 800, PixelLayout::gray32f);
  CHECK(hash(rgb.data(), 600, PixelLayout::rgb8) == expected);
  CHECK(hash(bgr.data(), 600, PixelLayout::bgr8) == expected);
}

TEST_CASE("Pictures too small, flat or full of nonsense give an answer and no crash") {
  for (const auto& [width, height] :
       {std::pair{1, 1}, {4, 4}, {1, 100'000}, {100'000, 1}, {4, 5}}) {
    const auto hashed = pdq(flat(width, height, 9).view());
    REQUIRE_FALSE(hashed);
    REQUIRE(hashed.error().code == Code::low_information);
  }
  for (const auto& [width, height] :
       {std::pair{5, 5}, {5, 100'000}, {100'000, 5}, {64, 64}, {513, 5}}) {
    const auto hashed = pdq(flat(width, height, 200).view());
    REQUIRE(hashed);
    CHECK(hashed.value().quality == 0);
  }
  std::vector<float> nonsense(64 * 64, std::numeric_limits<float>::quiet_NaN());
  nonsense[7] = std::numeric_limits<float>::infinity();
  nonsense[8] = -1e30F;
  REQUIRE(pdq({nonsense.data(), 64, 64, 256, PixelLayout::gray32f}));
}
