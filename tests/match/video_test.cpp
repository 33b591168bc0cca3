// Known videos and stills of them, looked for in videos and in pictures.
#include <reseau/match.h>
#include <reseau/vpdq.h>
#include <algorithm>
#include <catch2/catch.hpp>

#include "support/encode.h"
#include "support/temp_dir.h"
#include "video/make_video.h"

using namespace reseau;
using namespace reseau::test;

namespace {

EntryId add(Bank& bank, const Examined& examined) {
  const EntryData data = examined.entry_data();
  const auto added = bank.add(std::span(&data, 1));
  INFO((added ? std::string() : added.error().message));
  REQUIRE(added);
  return added->front().id;
}

Examined film(const std::vector<Shown>& frames, const Making& making = {}) {
  const auto file = make_video(frames, making);
  return examine(Bytes(file));
}

Examined still(const Picture& picture) { return examine(picture.view()); }

std::vector<Shown> part(const std::vector<Shown>& frames, double from, double to) {
  std::vector<Shown> taken;
  for (const Shown& shown : frames) {
    if (shown.time >= from && shown.time < to) taken.push_back({shown.picture, shown.time - from});
  }
  return taken;
}

const Match* match_of(const Matches& matches, EntryId entry) {
  const auto found = std::find_if(matches.begin(), matches.end(),
                                  [entry](const Match& m) { return m.entry == entry; });
  return found == matches.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("A known clip in a longer upload is found, and where") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank").value();
  const auto known_frames = joined(shot(3, 12), shot(21, 12));
  const EntryId known = add(bank, film(known_frames));
  const EntryId stranger = add(bank, film(shot(77, 20)));
  CHECK(bank.size() == 2);
  CHECK(bank.pictures() > 40);

  const auto upload =
      make_video(joined(joined(shot(40, 8), part(known_frames, 6, 18)), shot(50, 8)),
                 {.container = "matroska"});
  const auto matches = match(bank, Bytes(upload));
  REQUIRE(matches);
  const Match* found = match_of(*matches, known);
  REQUIRE(found != nullptr);
  CHECK(match_of(*matches, stranger) == nullptr);
  CHECK(found->entry_media == Media::video);
  CHECK(found->verdict == Verdict::near);
  REQUIRE(found->stretches.size() == 1);
  const Stretch& stretch = found->stretches[0];
  CHECK(stretch.query_from == Approx(8).margin(1));
  CHECK(stretch.query_to == Approx(20).margin(1));
  CHECK(stretch.entry_from == Approx(6).margin(1));
  CHECK(stretch.entry_to == Approx(18).margin(1));
  CHECK(stretch.frames > 15);
}

TEST_CASE("On any number of threads the same stretches of the same videos are found") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank").value();
  std::vector<Shown> upload;
  for (const unsigned seed : {3U, 21U, 77U, 90U, 104U}) {
    const auto frames = shot(seed, 16);
    (void)add(bank, film(frames));
    upload = joined(joined(upload, part(frames, 2, 14)), shot(seed + 1'000, 6));
  }
  const Examined query = film(upload);
  REQUIRE(query.video);
  CHECK(query.video->frames.size() > 64);  // more than are looked up at a time
  const Matches alone = match(bank, query).value();
  CHECK(alone.found.size() == 5);
  for (const int threads : {0, 2, 7}) {
    MatchOptions options;
    options.threads = threads;
    const Matches together = match(bank, query, options).value();
    REQUIRE(together.found.size() == alone.found.size());
    for (std::size_t i = 0; i < alone.found.size(); ++i) {
      const Match& a = alone.found[i];
      const Match& b = together.found[i];
      CHECK(a.entry == b.entry);
      CHECK(a.distance == b.distance);
      REQUIRE(a.stretches.size() == b.stretches.size());
      for (std::size_t s = 0; s < a.stretches.size(); ++s) {
        CHECK(a.stretches[s].query_from == b.stretches[s].query_from);
        CHECK(a.stretches[s].entry_to == b.stretches[s].entry_to);
        CHECK(a.stretches[s].frames == b.stretches[s].frames);
        CHECK(a.stretches[s].expected_false == b.stretches[s].expected_false);
      }
    }
  }
}

TEST_CASE("A still of a known video and a known picture in a video are told as what they are") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank").value();
  const auto frames = shot(5, 15, 12, 320, 192);
  const EntryId video = add(bank, film(frames));
  const Picture picture = shot(90, 1, 12, 320, 192)[0].picture;
  const EntryId image = add(bank, still(picture));

  const auto of_still = match(bank, still(frames[84].picture)).value();
  const Match* in_video = match_of(of_still, video);
  REQUIRE(in_video != nullptr);
  CHECK(in_video->entry_media == Media::video);
  CHECK(in_video->verdict == Verdict::similar);
  REQUIRE(in_video->stretches.size() == 1);
  CHECK(in_video->stretches[0].frames == 1);
  CHECK(in_video->stretches[0].entry_from == Approx(7).margin(1));

  std::vector<Shown> shown;
  for (int i = 0; i < 36; ++i) shown.push_back({picture, i / 12.0});
  const auto with_picture = joined(shot(41, 6, 12, 320, 192), shown);
  const auto matches = match(bank, film(with_picture)).value();
  const Match* seen = match_of(matches, image);
  REQUIRE(seen != nullptr);
  CHECK(seen->entry_media == Media::image);
  REQUIRE(seen->stretches.size() == 1);
  CHECK(seen->stretches[0].query_from == Approx(6).margin(0.2));
  CHECK(match_of(matches, video) == nullptr);
}

TEST_CASE("A bank of videos is read again as it was, and lets go of what is removed") {
  const TempDir folder;
  const std::string path = folder / "known.bank";
  const Examined examined = film(shot(6, 10));
  EntryId id = 0;
  {
    Bank bank = Bank::create(path).value();
    id = add(bank, examined);
    CHECK(bank.add(std::vector{examined.entry_data()}).value().front().existing);
  }
  Bank bank = Bank::open(path, Bank::Mode::write).value();
  const auto data = bank.get(id).value().data;
  REQUIRE(data.video);
  CHECK(data.video->bytes() == examined.video->bytes());
  CHECK(bank.info().value().videos == 1);
  CHECK(bank.info().value().frames == examined.video->frames.size());
  CHECK(Bank::verify(path).value().problems.empty());
  const auto query = film(shot(6, 10), {.container = "avi"});
  CHECK(match_of(match(bank, query).value(), id) != nullptr);
  REQUIRE(bank.remove(std::vector{id}));
  CHECK(bank.pictures() == 0);
  CHECK(match(bank, query).value().empty());
}

TEST_CASE(
    "What is known by others' vPDQ and PDQ lists alone is found in a video, until it is removed") {
  const TempDir folder;
  const std::string path = folder / "known.bank";
  const auto frames = joined(shot(6, 10), shot(23, 10));
  const Picture picture = shot(106, 1)[0].picture;
  EntryId list = 0;
  EntryId hash = 0;
  std::size_t alone = 0;  // blurred frames are not in it
  {
    Bank bank = Bank::create(path).value();
    (void)add(bank, film(shot(7, 6)));
    CHECK(bank.known_by_pdq_alone() == 0);
    const auto file = make_video(frames);
    const VpdqList vpdq = hash_vpdq(video_reader(Bytes(file))).list;
    std::vector<EntryData> data(2);
    data[0].video = video_signature(vpdq);
    data[1].pdq = still(picture).pdq();
    const auto added = bank.add(data).value();
    list = added[0].id;
    hash = added[1].id;
    alone = bank.known_by_pdq_alone();
    CHECK(alone > vpdq.frames.size() / 2);
    REQUIRE(bank.save_index());
  }
  Bank bank = Bank::open(path, Bank::Mode::write).value();
  CHECK(bank.known_by_pdq_alone() == alone);
  std::vector<Shown> shown;
  for (int i = 0; i < 36; ++i) shown.push_back({picture, i / 12.0});
  const Examined query =
      film(joined(joined(shot(40, 6), part(frames, 4, 16)), shown), {.container = "avi"});
  const Matches matches = match(bank, query).value();
  const Match* in_list = match_of(matches, list);
  REQUIRE(in_list != nullptr);
  CHECK(in_list->kind == MatchKind::pdq);
  CHECK(in_list->entry_media == Media::video);
  REQUIRE_FALSE(in_list->stretches.empty());
  CHECK(in_list->stretches[0].query_from == Approx(6).margin(2));
  CHECK(in_list->stretches[0].entry_from == Approx(4).margin(2));
  const Match* seen = match_of(matches, hash);
  REQUIRE(seen != nullptr);
  CHECK(seen->entry_media == Media::image);
  CHECK(seen->stretches[0].query_from == Approx(18).margin(0.6));
  CHECK(matches.found.size() == 2);

  REQUIRE(bank.remove(std::vector{list, hash}));
  CHECK(bank.known_by_pdq_alone() == 0);
  CHECK(match(bank, query).value().empty());
}

TEST_CASE("A video that is cut short is partly known and never taken for examined") {
  auto file = make_video(shot(9, 20), {.container = "matroska"});
  file.resize(file.size() / 2);
  const Examined examined = examine(Bytes(file));
  CHECK(examined.outcome == Code::ok_partial);
  CHECK_FALSE(examined.fully_examined());
  REQUIRE(examined.video);
  CHECK(examined.completeness.value_or(0) == Approx(0.5).margin(0.15));
  REQUIRE(examined.entry_data().video);

  const TempDir folder;
  Bank empty = Bank::create(folder / "empty.bank").value();
  const auto nothing = match(empty, Bytes(file));
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().code == Code::ok_partial);
}

TEST_CASE("Two videos are compared by where one shows the other") {
  const auto frames = shot(12, 20);
  const auto compared = compare(film(part(frames, 5, 15)), film(frames));
  CHECK(compared.same_picture == true);
  REQUIRE(compared.stretches.size() == 1);
  CHECK(compared.stretches[0].entry_from == Approx(5).margin(0.6));
  CHECK(compare(film(shot(13, 10)), film(frames)).same_picture == false);
  const auto of_still = compare(still(frames[120].picture), film(frames));
  REQUIRE(of_still.stretches.size() == 1);
  CHECK(of_still.stretches[0].entry_from == Approx(10).margin(0.6));
}

TEST_CASE("A known video of light pictures on pages is found without the pages") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank").value();
  std::vector<Shown> pictures;
  std::vector<Shown> pages;
  for (int i = 0; i < 72; ++i) {
    Picture picture = flat(180, 180, 242);
    put(discs(100, 100, 35 + static_cast<std::uint32_t>(i / 24)), 40, 40, picture);
    Picture page = flat(200, 260, 250);
    put(picture, 10, 30, page);
    pictures.push_back({picture, i / 12.0});
    pages.push_back({page, i / 12.0});
  }
  const EntryId known = add(bank, film(pages));
  CHECK(match_of(match(bank, film(pictures)).value(), known) != nullptr);
}

TEST_CASE("Of videos no match is further than the limit that was asked for, nor says another") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank").value();
  const auto frames = shot(3, 10);
  (void)add(bank, film(frames));
  const Examined query = film(part(frames, 2, 8), {.codec = "mpeg2video"});
  MatchOptions options;
  options.pdq.ask = false;
  options.digests = false;
  const Matches freely = match(bank, query, options).value();
  REQUIRE(freely.size() == 1);
  const int distance = freely.found[0].distance;
  REQUIRE(distance > 0);
  options.grid.limit = MaxDistance{distance};
  const Matches held = match(bank, query, options).value();
  for (const Match& match : held) CHECK(match.limit.value == distance);
  for (const Match& match : held) CHECK(match.distance <= distance);
  options.grid.limit = MaxDistance{distance + 1'000};
  REQUIRE(match(bank, query, options)->size() == 1);
  CHECK(match(bank, query, options)->found[0].limit.value == distance + 1'000);
}

TEST_CASE("A video behind a picture is looked at, as phones put it there and as hiders do") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank").value();
  const auto frames = shot(3, 6);
  const EntryId known = add(bank, film(frames));
  const Picture still_picture = shot(90, 0.1).front().picture;
  const File cover = jpeg(still_picture, 90);
  for (const char* container : {"mp4", "matroska", "avi"}) {
    CAPTURE(container);
    const auto video = make_video(frames, {.container = container});
    File both = cover;
    both.insert(both.end(), video.begin(), video.end());
    const auto rows = examine_all(Bytes(both));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].outcome == Code::ok);
    CHECK(examine(Bytes(both)).outcome == Code::limit_frames);  // of which the first is asked
    CHECK(describe(rows[1].part) == "embedded at byte " + std::to_string(cover.size()));
    REQUIRE(rows[1].video);
    const auto matches = match(bank, rows[1]);
    REQUIRE(matches);
    CHECK(match_of(*matches, known) != nullptr);

    both.resize(both.size() - video.size() / 3);
    const auto cut = examine_all(Bytes(both));
    CHECK(cut[0].outcome == Code::limit_frames);
    CHECK(cut[0].message.find("the video embedded at byte") != std::string::npos);
  }
}
