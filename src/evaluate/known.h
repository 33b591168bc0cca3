/// A set of known pictures, in a bank of each level, and how near a query is to each of them.
#pragma once

#include <reseau/bank.h>
#include <reseau/examine.h>
#include <string>
#include <vector>

#include "evaluate/kinds.h"
#include "evaluate/opencv_hashes.h"

namespace reseau::evaluation {

/// A folder of its own, gone with it.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// The distances of one query to every known picture that is near by any kind.
class Distances {
 public:
  Distances(std::size_t kinds, std::size_t known)
      : kinds_(kinds), distances_(kinds * known, kNotCompared) {}

  [[nodiscard]] int& at(std::size_t kind, std::size_t known) {
    return distances_[known * kinds_ + kind];
  }
  [[nodiscard]] std::span<const int> of(std::size_t known) const {
    return {&distances_[known * kinds_], kinds_};
  }

 private:
  std::size_t kinds_;
  std::vector<int> distances_;
};

[[nodiscard]] bool agrees(std::span<const int> distances);

class Known {
 public:
  /// `data`: of each picture, by level. `opencv`: of each picture, or of none; then these kinds are
  /// not compared.
  Known(std::vector<Kind> kinds, const std::vector<Level>& levels,
        const std::vector<std::vector<EntryData>>& data, std::vector<OpenCvHashes> opencv,
        const Scratch& scratch, const std::string& name);

  /// Only grid and pdq distances that are worth a look are given; the others are always.
  /// Throws: Failure. Threads: any number, with a hasher each.
  [[nodiscard]] Distances distances(const Examined& query, const cv::Mat& pixels,
                                    OpenCvHasher& hasher) const;

  [[nodiscard]] std::size_t size() const { return pdq_.size(); }

 private:
  void look_in(std::size_t bank, const Examined& query, Distances& found) const;

  std::vector<Kind> kinds_;
  std::vector<Bank> banks_;
  std::vector<std::optional<Signature>> pdq_;
  std::vector<OpenCvHashes> opencv_;
};

}  // namespace reseau::evaluation
