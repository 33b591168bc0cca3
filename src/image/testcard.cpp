// The test card, drawn with whole numbers only, so that it is the same everywhere.
//
// It is made to be known again: large areas of unlike shades (no two quadrants alike, and nothing
// symmetric under any turn or mirror), shapes of middling size, stripes and crosses for the fine
// end; and words that survive being shrunk to a thumbnail.
#include <reseau/testcard.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>

#include <spng.h>

namespace reseau {
namespace {

constexpr int kWidth = 1024;
constexpr int kHeight = 768;

constexpr std::uint8_t kWhite = 255;
constexpr std::uint8_t kBlack = 0;

// Five pixels wide, seven high; a row a number, its highest bit to the left.
struct Glyph {
  char letter;
  std::array<std::uint8_t, 7> rows;
};
constexpr std::array<Glyph, 23> kFont = {{
    {'A', {0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11}},
    {'B', {0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E}},
    {'C', {0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E}},
    {'D', {0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E}},
    {'E', {0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F}},
    {'H', {0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11}},
    {'I', {0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E}},
    {'K', {0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11}},
    {'L', {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F}},
    {'M', {0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11}},
    {'N', {0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11}},
    {'O', {0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E}},
    {'P', {0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10}},
    {'R', {0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11}},
    {'S', {0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E}},
    {'T', {0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {'U', {0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E}},
    {'V', {0x11, 0x11, 0x11, 0x11, 0x11, 0x0A, 0x04}},
    {'W', {0x11, 0x11, 0x11, 0x15, 0x15, 0x15, 0x0A}},
    {'Y', {0x11, 0x11, 0x0A, 0x04, 0x04, 0x04, 0x04}},
    {'.', {0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C}},
    {';', {0x00, 0x0C, 0x0C, 0x00, 0x0C, 0x04, 0x08}},
    {':', {0x00, 0x0C, 0x0C, 0x00, 0x0C, 0x0C, 0x00}},
}};

void rectangle(Image& card, int left, int top, int width, int height, std::uint8_t shade) {
  for (int y = std::max(top, 0); y < std::min(top + height, kHeight); ++y) {
    for (int x = std::max(left, 0); x < std::min(left + width, kWidth); ++x) card.row(y)[x] = shade;
  }
}

void disc(Image& card, int center_x, int center_y, int radius, std::uint8_t shade) {
  for (int y = -radius; y <= radius; ++y) {
    for (int x = -radius; x <= radius; ++x) {
      if (x * x + y * y <= radius * radius) card.row(center_y + y)[center_x + x] = shade;
    }
  }
}

// A triangle with the right angle at the lower left.
void wedge(Image& card, int left, int top, int width, int height, std::uint8_t shade) {
  for (int y = 0; y < height; ++y)
    rectangle(card, left, top + y, width * (y + 1) / height, 1, shade);
}

void letters(Image& card, int left, int top, int scale, std::uint8_t shade, std::string_view text) {
  for (const char letter : text) {
    for (const Glyph& glyph : kFont) {
      if (glyph.letter != letter) continue;
      for (int y = 0; y < 7; ++y) {
        for (int x = 0; x < 5; ++x) {
          if ((glyph.rows.at(static_cast<std::size_t>(y)) >> (4 - x) & 1) != 0)
            rectangle(card, left + x * scale, top + y * scale, scale, scale, shade);
        }
      }
    }
    left += 6 * scale;
  }
}

constexpr int kShapesTop = 336;
constexpr int kShapesBottom = 676;

void ground(Image& card) {
  rectangle(card, 0, 0, kWidth, 232, 236);
  rectangle(card, 0, 232, kWidth, kShapesTop - 232, kBlack);
  rectangle(card, 0, kShapesTop, 400, kShapesBottom - kShapesTop, 150);
  rectangle(card, 400, kShapesTop, 330, kShapesBottom - kShapesTop, 64);
  rectangle(card, 730, kShapesTop, 294, kShapesBottom - kShapesTop, 196);
  rectangle(card, 0, kShapesBottom, kWidth, kHeight - kShapesBottom, 24);
}

void shapes(Image& card) {
  disc(card, 190, 506, 156, kBlack);
  disc(card, 190, 506, 130, 232);
  disc(card, 228, 468, 70, 84);
  wedge(card, 420, 352, 292, 170, 240);
  for (int i = 0; i < 8; ++i) {  // stepped greys, from black above to white
    const int top = kShapesTop + i * (kShapesBottom - kShapesTop) / 8;
    rectangle(card, 890, top, kWidth - 890, kShapesBottom - top,
              static_cast<std::uint8_t>(i * 255 / 7));
  }
}

void stripes(Image& card) {
  for (int x = 0; x < 292; ++x) {  // upright ones, ever wider
    constexpr std::array<int, 4> kSpacing = {3, 6, 10, 18};
    const int spacing = kSpacing.at(static_cast<std::size_t>(x / 73));
    rectangle(card, 420 + x, 538, 1, 122, x % 73 / spacing % 2 == 0 ? kWhite : kBlack);
  }
  for (int y = 0; y < 150; ++y)  // level ones
    rectangle(card, 746, 352 + y, 128, 1, y / 15 % 2 == 0 ? 40 : 220);
  for (int y = 0; y < 142; ++y) {  // slanting ones
    for (int x = 0; x < 128; ++x) card.row(518 + y)[746 + x] = (x + y) / 22 % 2 == 0 ? 255 : 90;
  }
}

// The réseau: a cross at every crossing of a grid, light on dark and dark on light.
void crosses(Image& card) {
  constexpr int kSpacing = 84;
  constexpr int kArm = 10;
  const auto invert = [&card](int x, int y) {
    std::uint8_t& pixel = card.row(y)[x];
    pixel = pixel < 128 ? kWhite : kBlack;
  };
  for (int y = kShapesTop + kSpacing / 2; y < kShapesBottom; y += kSpacing) {
    for (int x = kSpacing / 3; x < kWidth; x += kSpacing) {
      for (int i = -kArm; i <= kArm; ++i) {
        for (int thick = -1; thick <= 1; ++thick) {
          invert(x + i, y + thick);
          if (std::abs(i) > 1) invert(x + thick, y + i);
        }
      }
    }
  }
}

void words(Image& card) {
  letters(card, 24, 22, 27, kBlack, "RESEAU");
  letters(card, 340, 242, 12, kWhite, "TEST CARD");
  letters(card, 34, 688, 4, kWhite, "HARMLESS. EVERY BANK KNOWS THIS PICTURE;");
  letters(card, 34, 728, 4, kWhite, "ITS VERDICT IS ALWAYS: TEST");
}

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};

}  // namespace

Image draw_testcard() {
  Image card(kWidth, kHeight, PixelLayout::gray8);
  ground(card);
  shapes(card);
  stripes(card);
  crosses(card);
  words(card);
  return card;
}

std::vector<std::uint8_t> testcard_png() {
  const Image card = draw_testcard();
  const std::unique_ptr<spng_ctx, FreeContext> context(spng_ctx_new(SPNG_CTX_ENCODER));
  if (!context) throw std::bad_alloc();
  spng_ihdr header{};
  header.width = kWidth;
  header.height = kHeight;
  header.bit_depth = 8;
  header.color_type = SPNG_COLOR_TYPE_GRAYSCALE;
  spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1);
  spng_set_ihdr(context.get(), &header);
  std::size_t size = 0;
  int status = spng_encode_image(context.get(), card.row(0), std::size_t{kWidth} * kHeight,
                                 SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  const std::unique_ptr<void, decltype(&std::free)> png(
      status == 0 ? spng_get_png_buffer(context.get(), &size, &status) : nullptr, &std::free);
  if (!png) throw std::bad_alloc();  // the only way in which these calls can fail
  const auto* bytes = static_cast<const std::uint8_t*>(png.get());
  return {bytes, bytes + size};
}

}  // namespace reseau
