// The grid signature, version 1: of the whole picture, and of its windows.
//
// Based on the published principles of: Goldberg, Wong and Bern, "An image signature for any kind
// of image", 2002 (differences on a coarse grid of averages); Lowe, "Distinctive image features
// from scale-invariant keypoints", 2004, and Dalal and Triggs, "Histograms of oriented gradients
// for human detection", 2005 (half-wave channels, bilinear pooling); Arandjelovic and Zisserman,
// "Three things everyone should know to improve object retrieval", 2012 (the square root); Fisher,
// "The use of multiple measurements in taxonomic problems", 1936 (the projection).
// docs/signature.md has the formulas.
#include <reseau/hash.h>
#include <algorithm>
#include <cmath>

#include "hash/align.h"
#include "hash/cells.h"
#include "hash/panels.h"
#include "hash/plane.h"
#include "hash/projection.h"
#include "hash/quality.h"
#include "hash/trim.h"
#include "hash/windows.h"

namespace reseau {
namespace {

constexpr int kMinSide = 5;
constexpr double kDegrees = 180 / 3.14159265358979323846;  // of a radian

std::optional<Error> too_small(const ImageView& image) {
  if (image.width >= kMinSide && image.height >= kMinSide) return std::nullopt;
  return Error{Code::low_information, "too small: " + std::to_string(image.width) + " x " +
                                          std::to_string(image.height) +
                                          " pixels, and the grid signature needs 5 a side"};
}

Signature signature_of(const detail::GridValues& values) {
  std::array<std::uint8_t, detail::kGridValues> bytes{};
  std::transform(values.begin(), values.end(), bytes.begin(),
                 [](std::int8_t value) { return static_cast<std::uint8_t>(value); });
  return *Signature::from_bytes(Algorithm::grid, Bytes(bytes));
}

detail::GridValues values_of(const Signature& grid) {
  detail::GridValues values{};
  std::transform(grid.bytes().begin(), grid.bytes().end(), values.begin(),
                 [](std::uint8_t byte) { return static_cast<std::int8_t>(byte); });
  return values;
}

Hashed hashed(const detail::Samples& samples) {
  const detail::Cells cells = detail::pool(samples);
  return {signature_of(detail::project(detail::fold(cells))),
          detail::quality(detail::information(samples, cells))};
}

Rectangle rectangle_of(const detail::PlaneBox& box, const detail::PlaneBox& whole) {
  const auto share = [](std::int64_t part, std::int64_t all) {
    return static_cast<float>(static_cast<double>(part) / static_cast<double>(all));
  };
  return {share(box.left, whole.right), share(box.top, whole.bottom),
          share(box.right - box.left, whole.right), share(box.bottom - box.top, whole.bottom)};
}

detail::Placement placement_of(const detail::Plane& plane, const Rectangle& where, double tilt) {
  const double width = plane.width();
  const double height = plane.height();
  return {(where.x + where.width / 2.0) * width,
          (where.y + where.height / 2.0) * height,
          where.width * width,
          where.height * height,
          std::cos(tilt / kDegrees),
          std::sin(tilt / kDegrees)};
}

}  // namespace

std::string_view name(Level level) {
  constexpr std::array<std::string_view, kLevels.size()> kNames = {"base", "standard", "extended"};
  return kNames.at(static_cast<std::size_t>(level));
}

std::optional<Level> level_of(std::string_view text) {
  for (const Level level : kLevels) {
    if (name(level) == text) return level;
  }
  return std::nullopt;
}

Result<HashedWindows> grid_windows(const ImageView& image, Level level) {
  if (const auto error = too_small(image)) return *error;
  const auto plane = std::make_shared<const detail::Plane>(image);
  const detail::PlaneBox whole = plane->whole();
  HashedWindows windows{
      hashed(sample(*plane, whole)), std::nullopt, std::nullopt, {}, {}, GridPlane(plane)};
  const auto window = [&](const detail::PlaneBox& box) {
    return HashedWindow{rectangle_of(box, whole), 0, hashed(sample(*plane, box))};
  };
  const auto inner = detail::trimmed(*plane);
  if (inner) windows.trimmed = window(*inner);
  for (const auto& panel : detail::panels(*plane, inner)) {
    windows.panels.push_back(window(panel));
  }
  if (const auto page = inner ? detail::on_page(*plane, *inner) : std::nullopt)
    windows.on_page = window(*page);
  for (const auto& part : detail::windows_of(*plane, level)) {
    const auto samples = [&](const auto& place) { return sample(*plane, place); };
    const Hashed hash = hashed(std::visit(samples, part.place));
    if (hash.quality >= kMinPartQuality) windows.parts.push_back({part.where, part.tilt, hash});
  }
  return windows;
}

static_assert(GridAligner::kFarthest >= detail::kFarthestAligned &&
              GridAligner::kFarthest < detail::kFarthestAligned + 1);

struct GridAligner::Impl {
  Impl(const GridPlane& p, const Rectangle& start)
      : picture(p.unpacked()), aligner(*picture, placement_of(*picture, start, 0)) {}
  GridPlane picture;
  detail::Aligner aligner;
};

GridPlane GridPlane::packed() const {
  return plane_->has_sums() ? GridPlane(std::make_shared<const detail::Plane>(*plane_, false))
                            : *this;
}

GridPlane GridPlane::unpacked() const {
  return plane_->has_sums() ? *this
                            : GridPlane(std::make_shared<const detail::Plane>(*plane_, true));
}

GridAligner::GridAligner(const GridPlane& picture, const Rectangle& start)
    : impl_(std::make_unique<Impl>(picture, start)) {}
GridAligner::GridAligner(GridAligner&&) noexcept = default;
GridAligner& GridAligner::operator=(GridAligner&&) noexcept = default;
GridAligner::~GridAligner() = default;

AlignedWindow GridAligner::align(const View& view, const Signature& known) const {
  // The known window as it lies in the query, rather than the query as it lies in the known image.
  const auto aligned = impl_->aligner.align(detail::seen(values_of(known), inverse(view)));
  const detail::Placement& to = aligned.placement;
  const double width = (*impl_->picture).width();
  const double height = (*impl_->picture).height();
  const auto share = [](double part, double whole) { return static_cast<float>(part / whole); };
  return {static_cast<int>(std::lround(aligned.distance)),
          {share(to.x - to.width / 2, width), share(to.y - to.height / 2, height),
           share(to.width, width), share(to.height, height)},
          static_cast<float>(aligned.angle * kDegrees)};
}

int GridAligner::distance(const View& view, const Signature& known, const Rectangle& where,
                          float tilt) const {
  const detail::Plane& plane = *impl_->picture;
  const double apart = detail::distance_at(plane, placement_of(plane, where, tilt),
                                           detail::seen(values_of(known), inverse(view)));
  return static_cast<int>(std::lround(apart));
}

Result<Hashed> grid(const ImageView& image) {
  if (const auto error = too_small(image)) return *error;
  const detail::Plane plane(image);
  return hashed(sample(plane, plane.whole()));
}

std::array<Signature, kViews.size()> grid_views(const Signature& grid) {
  const detail::GridValues values = values_of(grid);
  std::array<Signature, kViews.size()> signatures;
  for (std::size_t v = 0; v < kViews.size(); ++v) {
    signatures[v] = signature_of(detail::seen(values, kViews[v]));
  }
  return signatures;
}

}  // namespace reseau
