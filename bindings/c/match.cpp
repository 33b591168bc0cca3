#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <reseau/view.h>

#include "handles.h"

using namespace reseau;  // NOLINT(*-using-namespace): this is the C interface to it

namespace {

std::optional<MaxDistance> limit_of(int value) {
  return value < 0 ? std::nullopt : std::optional(MaxDistance{value});
}

Result<MatchOptions> options_of(const reseau_match_options* options) {
  reseau_match_options taken = RESEAU_MATCH_OPTIONS_INIT;
  if (!c::take(options, taken))
    return Error{Code::invalid_argument, "options: struct_size is not set"};
  if (taken.threads < 0)
    return Error{Code::invalid_argument, "options: threads is 0, for all processors, or more"};
  if (taken.grid == 0 && taken.pdq == 0 && taken.digests == 0) {
    return Error{
        Code::invalid_argument,
        "options: nothing is asked; begin with RESEAU_MATCH_OPTIONS_INIT, or set grid, pdq or "
        "digests"};
  }
  const Result<ExamineOptions> decoding = c::options_of(taken.limits);
  if (!decoding) return decoding.error();
  MatchOptions result;
  result.grid = {taken.grid != 0, limit_of(taken.grid_limit)};
  result.pdq = {taken.pdq != 0, limit_of(taken.pdq_limit)};
  result.digests = taken.digests != 0;
  result.alignment.on = taken.align != 0;
  result.alignment.limit = limit_of(taken.aligned_limit);
  result.alignment.budget = std::chrono::milliseconds(taken.align_budget);
  result.all = taken.every_kind != 0;
  result.threads = taken.threads;
  result.limits = decoding->limits;
  result.decoder = decoding->decoder;
  return result;
}

reseau_code hand_out(Result<Matches> made, reseau_matches** matches, reseau_error* error) {
  if (!made) return c::refuse(error, made.error().code, made.error().message);
  auto result = std::make_unique<reseau_matches>();
  result->found = std::move(made->found);
  result->unaligned = made->unaligned;
  for (const Match& match : result->found) result->descriptions.push_back(describe(match.view));
  *matches = result.release();
  return RESEAU_OK;
}

reseau_verdict number_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::exact:
      return RESEAU_EXACT;
    case Verdict::near:
      return RESEAU_NEAR;
    case Verdict::similar:
      return RESEAU_SIMILAR;
    case Verdict::test:
      return RESEAU_TEST;
  }
  return RESEAU_SIMILAR;
}

reseau_kind number_of(MatchKind kind) {
  switch (kind) {
    case MatchKind::grid:
      return RESEAU_BY_GRID;
    case MatchKind::pdq:
      return RESEAU_BY_PDQ;
    case MatchKind::sha256:
      return RESEAU_BY_SHA256;
    case MatchKind::sha1:
      return RESEAU_BY_SHA1;
    case MatchKind::md5:
      return RESEAU_BY_MD5;
  }
  return RESEAU_BY_GRID;
}

reseau_code too_few(std::size_t there, const char* what, reseau_error* error) {
  return c::refuse(error, Code::not_found, "there are " + std::to_string(there) + ' ' + what);
}

}  // namespace

reseau_code reseau_match_examined(const reseau_bank* bank, const reseau_examined* query,
                                  const reseau_match_options* options, reseau_matches** matches,
                                  reseau_error* error) {
  c::clear(matches);
  return c::guarded(error, [&] {
    if (bank == nullptr || query == nullptr || matches == nullptr) return c::null_pointer(error);
    const Result<MatchOptions> how = options_of(options);
    if (!how) return c::refuse(error, how.error().code, how.error().message);
    return hand_out(match(bank->bank, query->examined, *how), matches, error);
  });
}

reseau_code reseau_match_bytes(const reseau_bank* bank, const void* bytes, size_t size,
                               const reseau_match_options* options, reseau_matches** matches,
                               reseau_error* error) {
  c::clear(matches);
  return c::guarded(error, [&] {
    if (bank == nullptr || (bytes == nullptr && size > 0) || matches == nullptr)
      return c::null_pointer(error);
    const Result<MatchOptions> how = options_of(options);
    if (!how) return c::refuse(error, how.error().code, how.error().message);
    return hand_out(match(bank->bank, Bytes(bytes, size), *how), matches, error);
  });
}

void reseau_matches_free(reseau_matches* matches) {
  delete matches;  // NOLINT(cppcoreguidelines-owning-memory)
}

size_t reseau_matches_count(const reseau_matches* matches) {
  return matches == nullptr ? 0 : matches->found.size();
}

size_t reseau_matches_unaligned(const reseau_matches* matches) {
  return matches == nullptr ? 0 : matches->unaligned;
}

reseau_code reseau_matches_get(const reseau_matches* matches, size_t which, reseau_match* match,
                               reseau_error* error) {
  return c::guarded(error, [&] {
    if (matches == nullptr) return c::null_pointer(error);
    if (which >= matches->found.size()) return too_few(matches->found.size(), "matches", error);
    const Match& found = matches->found[which];
    reseau_match made = RESEAU_MATCH_INIT;
    made.entry = found.entry;
    made.kind = number_of(found.kind);
    made.verdict = number_of(found.verdict);
    made.distance = found.distance;
    made.limit = found.limit.value;
    made.aligned = found.aligned ? 1 : 0;
    made.partial = found.partial ? 1 : 0;
    made.turn = found.view.turn;
    made.mirror = found.view.mirror ? 1 : 0;
    made.negative = found.view.negative ? 1 : 0;
    made.tilt = found.view.tilt;
    const Rectangle& part = found.view.rectangle;
    made.part[0] = part.x;
    made.part[1] = part.y;
    made.part[2] = part.width;
    made.part[3] = part.height;
    made.expected_false = found.expected_false;
    made.of_video = found.entry_media == Media::video ? 1 : 0;
    made.stretches = found.stretches.size();
    if (!c::give(made, match))
      return c::refuse(error, Code::invalid_argument, "match: NULL, or struct_size is not set");
    return RESEAU_OK;
  });
}

reseau_code reseau_matches_stretch(const reseau_matches* matches, size_t which, size_t number,
                                   reseau_stretch* stretch, reseau_error* error) {
  return c::guarded(error, [&] {
    if (matches == nullptr) return c::null_pointer(error);
    if (which >= matches->found.size()) return too_few(matches->found.size(), "matches", error);
    const auto& stretches = matches->found[which].stretches;
    if (number >= stretches.size()) return too_few(stretches.size(), "stretches of it", error);
    const Stretch& found = stretches[number];
    reseau_stretch made = RESEAU_STRETCH_INIT;
    made.query_from = found.query_from;
    made.query_to = found.query_to;
    made.entry_from = found.entry_from;
    made.entry_to = found.entry_to;
    made.speed = found.speed;
    made.turn = found.view.turn;
    made.mirror = found.view.mirror ? 1 : 0;
    made.negative = found.view.negative ? 1 : 0;
    made.distance = found.distance;
    made.frames = found.frames;
    made.expected_false = found.expected_false;
    if (!c::give(made, stretch))
      return c::refuse(error, Code::invalid_argument, "stretch: NULL, or struct_size is not set");
    return RESEAU_OK;
  });
}

const char* reseau_matches_describe(const reseau_matches* matches, size_t which) {
  return which < reseau_matches_count(matches) ? matches->descriptions[which].c_str() : nullptr;
}
