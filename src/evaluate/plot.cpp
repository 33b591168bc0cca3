#include "evaluate/plot.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace reseau::evaluation {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 340;
constexpr double kLeft = 60;
constexpr double kRight = 210;
constexpr double kTop = 12;
constexpr double kBottom = 46;

// Paul Tol's "muted" scheme: told apart by most eyes.
constexpr std::array kColours = {"#332288", "#117733", "#88ccee", "#cc6677", "#ddaa33", "#aa4499",
                                 "#44aa99", "#882255", "#999933", "#666666", "#bb7744", "#4477aa"};

std::string number(double value) { return shown(value, 1); }

class Drawing {
 public:
  explicit Drawing(const Plot& plot) : plot_(plot) {}

  std::string draw() {
    text_ = "<svg viewBox=\"0 0 " + number(kWidth) + " " + number(kHeight) +
            "\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">\n";
    ticks();
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) line(i);
    return text_ + "</svg>\n";
  }

 private:
  [[nodiscard]] double across(double x) const {
    const double share = (x - plot_.x.from) / (plot_.x.to - plot_.x.from);
    return kLeft + std::clamp(share, 0.0, 1.0) * (kWidth - kLeft - kRight);
  }
  [[nodiscard]] double down(double y) const {
    const double share = (y - plot_.y.from) / (plot_.y.to - plot_.y.from);
    return kHeight - kBottom - std::clamp(share, 0.0, 1.0) * (kHeight - kTop - kBottom);
  }

  void segment(double x1, double y1, double x2, double y2, const std::string& style) {
    text_ += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
             "\" y2=\"" + number(y2) + "\" " + style + "/>\n";
  }
  void label(double x, double y, const std::string& text, const std::string& style) {
    text_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + style + ">" +
             escaped(text) + "</text>\n";
  }

  void ticks() {
    const std::string grid = R"(stroke="#ddd")";
    for (const auto& [x, name] : plot_.x.ticks) {
      segment(across(x), kTop, across(x), kHeight - kBottom, grid);
      label(across(x), kHeight - kBottom + 16, name, R"(text-anchor="middle")");
    }
    for (const auto& [y, name] : plot_.y.ticks) {
      segment(kLeft, down(y), kWidth - kRight, down(y), grid);
      label(kLeft - 6, down(y) + 4, name, R"(text-anchor="end")");
    }
    label((kLeft + kWidth - kRight) / 2, kHeight - 8, plot_.x.name, R"(text-anchor="middle")");
    label(14, (kTop + kHeight - kBottom) / 2, plot_.y.name,
          R"(text-anchor="middle" transform="rotate(-90 14 )" +
              number((kTop + kHeight - kBottom) / 2) + ")\"");
  }

  void line(std::size_t which) {
    const Line& line = plot_.lines[which];
    const std::string colour = kColours[which % kColours.size()];
    const std::string stroke = R"(stroke=")" + colour + R"(" stroke-width="2")";
    for (std::size_t i = 1; i < line.points.size(); ++i) {
      const Point2& from = line.points[i - 1];
      const Point2& to = line.points[i];
      segment(across(from.x), down(from.y), across(to.x), down(to.y),
              to.solid ? stroke : stroke + R"( stroke-dasharray="3 3")");
    }
    const double y = kTop + 10 + 18 * static_cast<double>(which);
    segment(kWidth - kRight + 14, y, kWidth - kRight + 36, y, stroke);
    label(kWidth - kRight + 42, y + 4, line.name, R"(text-anchor="start")");
  }

  const Plot& plot_;
  std::string text_;
};

}  // namespace

std::string svg(const Plot& plot) { return Drawing(plot).draw(); }

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string shown(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

}  // namespace reseau::evaluation
