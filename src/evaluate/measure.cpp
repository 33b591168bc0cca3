#include "evaluate/measure.h"

#include <algorithm>
#include <climits>
#include <mutex>

#include "core/parallel.h"
#include "evaluate/edits.h"
#include "evaluate/known.h"
#include "evaluate/look_alikes.h"
#include "evaluate/picture.h"

namespace reseau::evaluation {

using detail::in_parallel;

namespace {

constexpr std::size_t kMostNear = 20;
constexpr double kNearRate = 1e-7;
constexpr std::size_t kMostAlike = 60;  ///< pairs of each kind

class Asking {
 public:
  Asking(const EvaluateOptions& options, bool split) : options_(options), split_(split) {
    m_.levels = options.levels;
    m_.kinds = kinds_of(m_.levels);
    m_.gallery = read_gallery(known_paths(options).value(), options).value();
    m_.questions = questions(m_.gallery, options).value();
    for (Half* half : {&m_.tuning, &m_.reporting}) {
      half->strangers = Strangers(m_.kinds);
      half->groups.assign(m_.gallery.groups.size(), Strangers(m_.kinds));
    }
    for (std::size_t i = 0; i < m_.questions.subjects.size(); ++i) {
      const bool reports = split && m_.questions.subjects[i].reports;
      (reports ? m_.reporting : m_.tuning).subjects.push_back(i);
    }
    total_ = m_.questions.subjects.size();
    if (split) total_ += m_.gallery.photographs.size() + look_alikes().size() * alike_pairs();
    hashers_.resize(options.threads);
  }

  Measurement run() {
    const Known known = everything();
    for (Half* half : {&m_.tuning, &m_.reporting}) ask_all(known, *half);
    if (split_) ask_look_alikes();
    return std::move(m_);
  }

 private:
  [[nodiscard]] std::size_t alike_pairs() const {
    return std::min(kMostAlike, m_.gallery.photographs.size());
  }

  void done() {
    const std::lock_guard lock(progress_);
    ++done_;
    if (options_.progress && !options_.progress(done_, total_)) {
      throw Failure({Code::interrupted, "stopped, as was asked for"});
    }
  }

  Known everything() {
    auto& photographs = m_.gallery.photographs;
    std::vector<OpenCvHashes> opencv(split_ ? photographs.size() : 0);
    in_parallel(opencv.size(), options_.threads, [&](std::size_t i, std::size_t thread) {
      opencv[i] = hashers_[thread].hash(pixels_of(photographs[i].path, options_.limits).value());
      done();
    });
    std::vector<std::vector<EntryData>> data;
    data.reserve(photographs.size());
    for (Photograph& photograph : photographs) data.push_back(std::move(photograph.data));
    return {m_.kinds, m_.levels, data, std::move(opencv), scratch_, "photographs"};
  }

  void ask_all(const Known& known, Half& half) {
    half.asked.resize(half.subjects.size());
    std::mutex mutex;
    in_parallel(half.subjects.size(), options_.threads, [&](std::size_t i, std::size_t thread) {
      Part part{Strangers(m_.kinds), {}};
      half.asked[i] = ask(known, half.subjects[i], hashers_[thread], part);
      const int group = m_.questions.subjects[half.subjects[i]].group;
      {
        const std::lock_guard lock(mutex);
        half.strangers.add(part.strangers);
        if (group >= 0) half.groups[static_cast<std::size_t>(group)].add(part.strangers);
        half.near.insert(half.near.end(), part.near.begin(), part.near.end());
      }
      done();
    });
    // By places, so that it does not hang on which thread was first.
    std::sort(half.near.begin(), half.near.end(), [](const NearPair& a, const NearPair& b) {
      return std::tie(a.rate, a.query, a.known, a.label) <
             std::tie(b.rate, b.query, b.known, b.label);
    });
    std::set<std::pair<std::size_t, std::size_t>> shown;
    std::erase_if(half.near, [&](const NearPair& pair) {
      const std::size_t query = m_.questions.subjects[pair.query].own.value_or(
          m_.gallery.photographs.size() + pair.query);
      return shown.size() == kMostNear || !shown.insert(std::minmax(query, pair.known)).second;
    });
  }

  struct Part {
    Strangers strangers;
    std::vector<NearPair> near;
  };

  std::vector<Asked> ask(const Known& known, std::size_t place, OpenCvHasher& hasher,
                         Part& part) const {
    const Subject& subject = m_.questions.subjects[place];
    const cv::Mat picture = pixels_of(subject.path, options_.limits).value();
    const std::uint64_t seed = options_.seed ^ seed_of(subject.name);
    std::vector<Asked> asked;
    for (std::size_t label = 0; label < m_.questions.labels.size(); ++label) {
      if (subject.label && *subject.label != label) continue;
      const Label::Sort sort = m_.questions.labels[label].sort;
      if (!split_ && sort == Label::Sort::unseen) continue;
      const cv::Mat edited = subject.label || sort == Label::Sort::as_is
                                 ? picture
                                 : apply(edit_of(label), picture, seed);
      const Examined query = examine(view_of(edited));
      const Distances found = known.distances(query, edited, hasher);
      asked.push_back(of(query, label, subject.own, found));
      if (sort != Label::Sort::unseen) count(place, label, found, part);
    }
    return asked;
  }

  /// As questions() labels them.
  static const Edit& edit_of(std::size_t label) {
    const auto standard = standard_edits();
    return label <= standard.size() ? standard[label - 1]
                                    : unseen_edits()[label - 1 - standard.size()];
  }

  static Asked of(const Examined& query, std::size_t label, std::optional<std::size_t> own,
                  const Distances& found) {
    Asked asked;
    asked.label = label;
    asked.refused = query.outcome != Code::ok;
    if (own) {
      const auto distances = found.of(*own);
      asked.own.assign(distances.begin(), distances.end());
      asked.agrees = agrees(distances);
    }
    return asked;
  }

  void count(std::size_t place, std::size_t label, const Distances& found, Part& part) const {
    const Subject& subject = m_.questions.subjects[place];
    const auto& photographs = m_.gallery.photographs;
    for (std::size_t i = 0; i < photographs.size(); ++i) {
      if (subject.own && (i == *subject.own || m_.gallery.are_same(*subject.own, i))) continue;
      if (split_ && photographs[i].reports != subject.reports) continue;
      const auto distances = found.of(i);
      const bool agree = agrees(distances);
      double rate = 1;
      for (std::size_t kind = 0; kind < m_.kinds.size(); ++kind) {
        const int distance = distances[kind];
        const int counted = distance == kNotCompared ? INT_MAX : distance;
        part.strangers.all[kind].add(counted);
        part.strangers.agreeing[kind].add(agree ? counted : INT_MAX);
        const Kind& of_kind = m_.kinds[kind];
        if (distance != kNotCompared && of_kind.measure) {
          rate = std::min(rate, false_positive_rate(*of_kind.measure, distance, of_kind.level));
        }
      }
      ++part.strangers.comparisons;
      if (rate <= kNearRate) part.near.push_back({place, i, label, rate});
    }
  }

  void ask_look_alikes() {
    const auto& photographs = m_.gallery.photographs;
    for (const LookAlike& kind : look_alikes()) {
      Alike alike{std::string(kind.name), std::string(kind.what), {}};
      std::vector<Pair> pairs(alike_pairs());
      std::vector<std::vector<EntryData>> data(alike_pairs());
      std::vector<OpenCvHashes> opencv(alike_pairs());
      const auto picture = [&](std::size_t i) {
        return pixels_of(photographs[i % photographs.size()].path, options_.limits).value();
      };
      in_parallel(alike_pairs(), options_.threads, [&](std::size_t i, std::size_t thread) {
        // By an even step, so that all of the gallery is drawn from.
        const std::size_t at = i * photographs.size() / alike_pairs();
        cv::RNG random((options_.seed + i + 1) * 0x9E3779B97F4A7C15ULL ^ seed_of(kind.name));
        pairs[i] = kind.make(picture(at), picture(at + photographs.size() / 2), random);
        for (const Level level : m_.levels) {
          data[i].push_back(examine(view_of(pairs[i].known), level).entry_data());
        }
        opencv[i] = hashers_[thread].hash(pairs[i].known);
      });
      const Known known(m_.kinds, m_.levels, data, std::move(opencv), scratch_, alike.name);
      alike.pairs.resize(alike_pairs());
      in_parallel(alike_pairs(), options_.threads, [&](std::size_t i, std::size_t thread) {
        const Examined query = examine(view_of(pairs[i].query));
        alike.pairs[i] = of(query, 0, i, known.distances(query, pairs[i].query, hashers_[thread]));
        done();
      });
      m_.alike.push_back(std::move(alike));
    }
  }

  const EvaluateOptions& options_;
  bool split_;
  Scratch scratch_;
  Measurement m_;
  std::vector<OpenCvHasher> hashers_;  ///< one a thread
  std::mutex progress_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
};

}  // namespace

Strangers::Strangers(const std::vector<Kind>& kinds) {
  for (const Kind& kind : kinds) all.push_back(kind.empty);
  agreeing = all;
}

void Strangers::add(const Strangers& other) {
  for (std::size_t kind = 0; kind < all.size(); ++kind) {
    all[kind].add(other.all[kind]);
    agreeing[kind].add(other.agreeing[kind]);
  }
  comparisons += other.comparisons;
}

Result<Measurement> measure(const EvaluateOptions& options, bool split) try {
  if (options.threads == 0 || options.levels.empty()) {
    return Error{Code::invalid_argument, "one thread and one level are the fewest"};
  }
  cv::setNumThreads(1);  // the threads are ours
  return Asking(options, split).run();
} catch (const Failure& failure) {
  return failure.error();
} catch (const std::bad_alloc&) {
  return Error{Code::limit_memory, "memory ran out; ask for fewer photographs"};
} catch (const std::exception& error) {  // OpenCV's
  return Error{Code::internal, std::string(error.what()) + "; please report it"};
}

}  // namespace reseau::evaluation
