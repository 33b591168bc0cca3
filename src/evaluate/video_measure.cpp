#include "evaluate/video_measure.h"

#include <reseau/match.h>
#include <algorithm>
#include <cmath>
#include <mutex>

#include "core/parallel.h"
#include "evaluate/kept_films.h"
#include "evaluate/known.h"
#include "evaluate/video_questions.h"

namespace reseau::evaluation {

using detail::in_parallel;

namespace {

constexpr double kFilm = 600;       // seconds of strangers at a time
constexpr double kReversible = 10;  // seconds that are held in memory to be shown backwards

/// One half's videos, known.
class KnownHalf {
 public:
  KnownHalf(const Footage& footage, std::size_t half, const std::string& path)
      : sources_(footage.halves.at(half)), bank_(Bank::create(path).value()) {
    std::vector<EntryData> data;
    for (const std::size_t source : sources_) data.push_back(footage.sources[source].data);
    for (const Added& added : bank_.add(data).value()) entries_.push_back(added.id);
  }

  [[nodiscard]] std::size_t source_of(EntryId entry) const {
    const auto at = std::find(entries_.begin(), entries_.end(), entry);
    return sources_.at(static_cast<std::size_t>(at - entries_.begin()));
  }
  [[nodiscard]] const Bank& bank() const { return bank_; }
  [[nodiscard]] const std::vector<std::size_t>& sources() const { return sources_; }

 private:
  std::vector<std::size_t> sources_;
  Bank bank_;
  std::vector<EntryId> entries_;
};

/// A look at the first frame has no length.
bool overlap(const Stretch& stretch, const Shown& shown) {
  return stretch.query_from < shown.to && shown.from <= stretch.query_to;
}

/// Adds to what is known of a clip a stretch that lies where it is.
void take_in(const Stretch& stretch, const Shown& shown, double known_from, double known_to,
             ClipAnswer& answer) {
  const double from = stretch.query_from - shown.from;
  const double to = stretch.query_to - shown.to;
  const double entry_from = stretch.entry_from - known_from;
  const double entry_to = stretch.entry_to - known_to;
  const bool first = answer.pieces++ == 0;
  answer.from_off = first ? from : std::min(answer.from_off, from);
  answer.to_off = first ? to : std::max(answer.to_off, to);
  answer.known_from_off = first ? entry_from : std::min(answer.known_from_off, entry_from);
  answer.known_to_off = first ? entry_to : std::max(answer.known_to_off, entry_to);
}

class Asking {
 public:
  explicit Asking(const EvaluateVideosOptions& options)
      : options_(options), films_(options.films) {}

  Result<VideoMeasurement> run() {
    auto footage = read_footage(options_);
    if (!footage) return footage.error();
    m_.footage = *std::move(footage);
    const auto clips = clips_of(m_.footage, options_.clips, options_.seed);
    for (const Clip& clip : clips) {
      const std::size_t edits = video_edits().size();
      const bool reversible = kLengths.at(clip.length) <= kReversible;
      for (std::size_t edit = 0; edit < edits + (reversible ? 1 : 0); ++edit)
        asked_.push_back({clip, edit});
    }
    const auto films = static_cast<std::size_t>(std::ceil(options_.hours * 3600 / kFilm));
    total_ = m_.footage.sources.size() + asked_.size() + films;
    each(m_.footage.sources.size(), [&](std::size_t i) { make_small(m_.footage.sources[i]); });
    for (std::size_t half = 0; half < 2; ++half)
      known_.emplace_back(m_.footage, half, scratch_.file(std::to_string(half)));
    m_.known_frames = known_[0].bank().pictures() + known_[1].bank().pictures();
    m_.clips.resize(asked_.size());
    std::vector<Finds> finds(asked_.size());
    each(asked_.size(), [&](std::size_t i) { finds[i] = ask_clip(i, m_.clips[i]); });
    gather(finds, m_.false_in_clips, m_.clip_hours, nullptr);
    finds.assign(films, {});
    each(films, [&](std::size_t i) { finds[i] = ask_strangers(i); });
    gather(finds, m_.false_in_strangers, m_.stranger_hours, &m_.comparisons);
    films_.list();
    return std::move(m_);
  }

 private:
  struct AskedClip {
    Clip clip;
    std::size_t edit = 0;
  };
  struct Finds {
    std::vector<FalseStretch> wrong;
    double seconds = 0;
    std::uint64_t comparisons = 0;
  };

  template <typename Work>
  void each(std::size_t items, const Work& work) {
    in_parallel(items, options_.threads, [&](std::size_t i, std::size_t) {
      work(i);
      const std::lock_guard lock(progress_);
      ++done_;
      if (options_.progress && !options_.progress(done_, total_))
        throw Failure({Code::interrupted, "stopped, as was asked for"});
    });
  }

  static void gather(const std::vector<Finds>& finds, std::vector<FalseStretch>& wrong,
                     double& hours, std::uint64_t* comparisons) {
    for (const Finds& one : finds) {
      wrong.insert(wrong.end(), one.wrong.begin(), one.wrong.end());
      hours += one.seconds / 3600;
      if (comparisons != nullptr) *comparisons += one.comparisons;
    }
  }

  Finds ask_clip(std::size_t number, ClipAnswer& answer) {
    const AskedClip& asked = asked_[number];
    const std::size_t edits = video_edits().size();
    const bool reversed = asked.edit == edits;
    const VideoEdit& edit = reversed ? reversed_edit() : video_edits()[asked.edit];
    const Clip& clip = asked.clip;
    answer.source = clip.source;
    answer.length = clip.length;
    answer.edit = asked.edit;
    const Question question = with_clip(m_.footage, clip, edit);
    const Source& source = m_.footage.sources[clip.source];
    const Shown& shown = question.shown[question.clip];
    Finds finds;
    ask(question, static_cast<std::size_t>(source.half), finds,
        [&](const Source& found, std::size_t entry, const Stretch& stretch) {
          // What shows the same is known in several versions, of other lengths and beginnings.
          if (found.scene != source.scene || !overlap(stretch, shown)) return false;
          answer.looked = true;
          if (stretch.frames < 2) return true;
          answer.found = true;
          if (entry == clip.source)
            take_in(stretch, shown, clip.from, clip.from + kLengths.at(clip.length), answer);
          return true;
        });
    films_.keep(number, Bytes(question.file),
                {{"known", names_of(known_[static_cast<std::size_t>(source.half)].sources())},
                 {"clip", source.name},
                 {"scene", names_of(same_scene(source))},
                 {"edit", edit.name},
                 {"seconds", kLengths.at(clip.length)},
                 {"from", shown.from},
                 {"to", shown.to},
                 {"known_from", clip.from},
                 {"found", answer.found},
                 {"looked", answer.looked}});
    return finds;
  }

  Finds ask_strangers(std::size_t number) {
    const std::size_t half = number % 2;
    const std::uint64_t lot =
        seed_of("strangers " + std::to_string(number) + "/" + std::to_string(options_.seed));
    const double seconds =
        std::min(kFilm, options_.hours * 3600 - static_cast<double>(number) * kFilm);
    const Question question = of_strangers(m_.footage, static_cast<int>(half), seconds, lot);
    Finds finds;
    ask(question, 1 - half, finds,
        [](const Source&, std::size_t, const Stretch&) { return false; });
    films_.keep(asked_.size() + number, Bytes(question.file),
                {{"known", names_of(known_[1 - half].sources())},
                 {"clip", nullptr},
                 {"false", finds.wrong.size()}});
    return finds;
  }

  /// Looks the film up among one half. `is_right` takes what is found where it is; the rest is
  /// wrong.
  template <typename IsRight>
  void ask(const Question& question, std::size_t half, Finds& finds,
           const IsRight& is_right) const {
    const KnownHalf& known = known_[half];
    const Examined query = std::move(examine_all(Bytes(question.file)).front());
    const bool whole = query.outcome == Code::ok || query.outcome == Code::low_information;
    if (!query.video || !whole) {
      throw Failure({query.outcome, "a film made of " + name_of(question.shown.front().source) +
                                        " cannot be read again: " + query.message});
    }
    finds.seconds = question.shown.back().to;
    finds.comparisons = query.video->frames.size() * known.bank().pictures();
    MatchOptions how;
    how.digests = false;
    for (const Match& match : reseau::match(known.bank(), query, how).value()) {
      const std::size_t entry = known.source_of(match.entry);
      for (const Stretch& stretch : match.stretches) {
        if (is_right(m_.footage.sources[entry], entry, stretch)) continue;
        const double middle = (stretch.query_from + stretch.query_to) / 2;
        const auto there = std::find_if(question.shown.begin(), question.shown.end() - 1,
                                        [&](const Shown& shown) { return middle < shown.to; });
        finds.wrong.push_back({entry, name_of(there->source), std::string(there->edit),
                               stretch.query_from, stretch.frames, stretch.expected_false,
                               match.verdict == Verdict::near && stretch.frames > 1});
      }
    }
  }

  [[nodiscard]] std::vector<std::size_t> same_scene(const Source& source) const {
    std::vector<std::size_t> same;
    for (std::size_t i = 0; i < m_.footage.sources.size(); ++i) {
      if (m_.footage.sources[i].scene == source.scene) same.push_back(i);
    }
    return same;
  }

  [[nodiscard]] std::vector<std::string> names_of(const std::vector<std::size_t>& sources) const {
    std::vector<std::string> names;
    names.reserve(sources.size());
    for (const std::size_t source : sources) names.push_back(name_of(source));
    return names;
  }

  [[nodiscard]] const std::string& name_of(std::size_t source) const {
    return m_.footage.sources[source].name;
  }

  const EvaluateVideosOptions& options_;
  Scratch scratch_;
  KeptFilms films_;
  VideoMeasurement m_;
  std::vector<KnownHalf> known_;
  std::vector<AskedClip> asked_;
  std::mutex progress_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
};

}  // namespace

Result<VideoMeasurement> measure_videos(const EvaluateVideosOptions& options) try {
  if (options.threads == 0 || options.clips == 0 || !(options.hours >= 0)) {
    return Error{Code::invalid_argument,
                 "one thread, one clip of each length, and no less than 0 hours are the fewest"};
  }
  cv::setNumThreads(1);  // the threads are ours
  return Asking(options).run();
} catch (const Failure& failure) {
  return failure.error();
} catch (const std::bad_alloc&) {
  return Error{Code::limit_memory, "memory ran out; ask with fewer threads"};
} catch (const std::exception& error) {  // OpenCV's
  return Error{Code::internal, std::string(error.what()) + "; please report it"};
}

}  // namespace reseau::evaluation
