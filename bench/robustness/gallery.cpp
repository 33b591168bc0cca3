#include "gallery.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>

#include "edits.h"
#include "parallel.h"
#include "split.h"

namespace reseau::bench {
namespace {

namespace fs = std::filesystem;

const detail::Edit& edit_at(int edit) {
  const auto at = static_cast<std::size_t>(edit);
  const auto standard = detail::standard_edits();
  return at < standard.size() ? standard[at] : detail::unseen_edits()[at - standard.size()];
}

ImageView view_of(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step),
          PixelLayout::bgr8};
}

GridValues grid_values(const Signature& signature) {
  GridValues values{};
  std::transform(signature.bytes().begin(), signature.bytes().end(), values.begin(),
                 [](std::uint8_t byte) { return static_cast<std::int8_t>(byte); });
  return values;
}

PdqWords pdq_words(const Signature& signature) {
  PdqWords words{};
  std::memcpy(words.data(), signature.bytes().data(), sizeof(words));
  return words;
}

/// The pixels inside a rectangle, as the library cuts them out for PDQ.
cv::Mat part(const cv::Mat& picture, const Rectangle& where) {
  const auto edge = [](float share, int side) {
    return std::clamp(static_cast<int>(std::lround(share * static_cast<float>(side))), 0, side);
  };
  return picture(cv::Range(edge(where.y, picture.rows), edge(where.y + where.height, picture.rows)),
                 cv::Range(edge(where.x, picture.cols), edge(where.x + where.width, picture.cols)));
}

std::array<GridValues, kViews.size()> values_of_views(const Signature& signature) {
  std::array<GridValues, kViews.size()> values{};
  const auto views = grid_views(signature);
  std::transform(views.begin(), views.end(), values.begin(), grid_values);
  return values;
}

std::array<PdqWords, kViews.size()> words_of(const HashedViews& views) {
  std::array<PdqWords, kViews.size()> words{};
  std::transform(views.signatures.begin(), views.signatures.end(), words.begin(), pdq_words);
  return words;
}

void hash(const cv::Mat& picture, Known& known) {
  if (const auto windows = grid_windows(view_of(picture))) {
    const Hashed& whole = windows->whole;
    known.grid = grid_values(whole.signature);
    known.grid_worth = {whole.quality, whole.quality >= kMinQuality};
    if (const auto& trimmed = windows->trimmed;
        trimmed && trimmed->hashed.quality >= kMinQuality && known.grid_worth.matched) {
      known.grid_trimmed = grid_values(trimmed->hashed.signature);
    }
  }
  if (const auto hashed = pdq(view_of(picture))) {
    known.pdq = pdq_words(hashed->signature);
    known.pdq_worth = {hashed->quality, hashed->quality >= kMinPdqQuality};
  }
}

void hash(const cv::Mat& picture, Query& query) {
  if (const auto windows = grid_windows(view_of(picture))) {
    const Hashed& whole = windows->whole;
    query.grid = values_of_views(whole.signature);
    query.grid_worth = {whole.quality, whole.quality >= kMinQuality};
    if (const auto& trimmed = windows->trimmed; trimmed && trimmed->hashed.quality >= kMinQuality) {
      query.grid_trimmed = values_of_views(trimmed->hashed.signature);
      const auto inside = pdq_views(view_of(part(picture, trimmed->where)));
      if (inside && inside->quality >= kMinPdqQuality) query.pdq_trimmed = words_of(*inside);
    }
  }
  if (const auto hashed = pdq_views(view_of(picture))) {
    query.pdq = words_of(*hashed);
    query.pdq_worth = {hashed->quality, hashed->quality >= kMinPdqQuality};
  }
}

}  // namespace

std::size_t standard_edit_count() { return detail::standard_edits().size(); }
std::size_t edit_count() { return standard_edit_count() + detail::unseen_edits().size(); }
std::string_view edit_name(int edit) { return edit < 0 ? "original" : edit_at(edit).name; }

std::vector<Known> read_gallery(const std::vector<std::string>& folders, bool only_held_out,
                                unsigned threads, std::vector<std::string>& unreadable) {
  std::vector<Known> gallery;
  for (const auto& folder : folders) {
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      Known known;
      known.path = file.path().string();
      known.name = file.path().filename().string();
      if (only_held_out && !held_out(known.name)) continue;
      gallery.push_back(std::move(known));
    }
  }
  std::sort(gallery.begin(), gallery.end(), [](const Known& a, const Known& b) {
    return std::tie(a.name, a.path) < std::tie(b.name, b.path);
  });
  parallel(gallery.size(), threads, [&](std::size_t i, unsigned) {
    const cv::Mat picture = cv::imread(gallery[i].path, cv::IMREAD_COLOR);
    gallery[i].width = picture.cols;
    gallery[i].height = picture.rows;
    if (!picture.empty()) hash(picture, gallery[i]);
  });
  std::erase_if(gallery, [&](const Known& known) {
    if (known.width > 0) return false;
    unreadable.push_back(known.path);
    return true;
  });
  return gallery;
}

std::vector<Query> make_queries(const std::vector<Known>& gallery,
                                const std::vector<std::size_t>& chosen, std::uint64_t seed,
                                unsigned threads) {
  const std::size_t each = edit_count() + 1;
  std::vector<Query> queries(chosen.size() * each);
  std::atomic<std::size_t> done = 0;
  parallel(chosen.size(), threads, [&](std::size_t i, unsigned) {
    const Known& known = gallery[chosen[i]];
    const cv::Mat picture = cv::imread(known.path, cv::IMREAD_COLOR);
    for (std::size_t k = 0; k < each; ++k) {
      Query& query = queries[i * each + k];
      query.known = chosen[i];
      query.edit = static_cast<int>(k) - 1;
      hash(query.edit < 0
               ? picture
               : detail::apply(edit_at(query.edit), picture, seed ^ detail::seed_of(known.name)),
           query);
    }
    if (const std::size_t count = ++done; count % 50 == 0) {
      std::fprintf(stderr, "edited %zu of %zu photographs\n", count, chosen.size());
    }
  });
  return queries;
}

}  // namespace reseau::bench
