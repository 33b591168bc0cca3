/// What is asked for: which pictures, in which edits, or as which files.
#pragma once

#include <cstdint>
#include <optional>

#include "evaluate/gallery.h"

namespace reseau::evaluation {

/// A kind of edit, or a folder of a protocol's.
struct Label {
  enum class Sort : std::uint8_t {
    as_is,     ///< not edited at all
    standard,  ///< figures are the mean of these; strangers are counted of these and of as_is
    unseen,    ///< kept out of every choice of a setting
  };
  std::string name;
  Sort sort = Sort::standard;
};

/// One file that is asked for: in every edit, or as it is.
struct Subject {
  std::string path;
  std::string name;                ///< of the file
  std::optional<std::size_t> own;  ///< the photograph that it is a copy of
  bool reports = false;
  int group = -1;
  std::optional<std::size_t> label;  ///< of a protocol's file; none: every label, made here
};

struct Questions {
  std::vector<Label> labels;
  std::vector<Subject> subjects;
};

/// What is known in the options' protocol: their photographs, or one of the folders.
/// Fails: not_found, if the folder is not laid out so.
[[nodiscard]] Result<std::vector<std::string>> known_paths(const EvaluateOptions& options);

/// Fails as evaluate() does.
[[nodiscard]] Result<Questions> questions(const Gallery& gallery, const EvaluateOptions& options);

}  // namespace reseau::evaluation
