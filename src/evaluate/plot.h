/// Plots as SVG, for a page that needs nothing else.
#pragma once

#include <string>
#include <vector>

namespace reseau::evaluation {

struct Point2 {
  double x;
  double y;
  bool solid = true;  ///< the line to this point is drawn through; otherwise dashed
};

struct Line {
  std::string name;
  std::vector<Point2> points;
};

struct Axis {
  std::string name;
  double from = 0;
  double to = 1;
  std::vector<std::pair<double, std::string>> ticks;
};

struct Plot {
  Axis x;
  Axis y;
  std::vector<Line> lines;
};

/// With a legend at its right. Everything in it is escaped.
[[nodiscard]] std::string svg(const Plot& plot);

/// For text and for values of attributes in HTML and SVG.
[[nodiscard]] std::string escaped(const std::string& text);

/// A number as it is shown: so many digits after the point, or in powers where it is small.
[[nodiscard]] std::string shown(double value, int digits);

}  // namespace reseau::evaluation
