// Published sets, by their layouts: whoever holds them has only to name the folder.
#include <reseau/evaluate.h>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "evaluate/photographs.h"

namespace {

using namespace reseau;
using namespace reseau::test;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

EvaluateOptions of(const std::string& folder, Protocol protocol) {
  EvaluateOptions options;
  options.photographs = {folder};
  options.protocol = protocol;
  options.levels = {Level::base};
  return options;
}

std::string number(int i, int copy) { return std::to_string(200'000 + 100 * i + copy) + ".jpg"; }

TEST_CASE("Copydays: a copy in any folder is held against the original of its number") {
  const TempDir folder;
  for (const char* name : {"original", "crops/20", "jpegqual/15", "strong"}) {
    fs::create_directories(folder / name);
  }
  for (int i = 0; i < 22; ++i) {
    const cv::Mat picture = photograph(i);
    cv::imwrite(folder / ("original/" + number(i, 0)), picture);
    cv::imwrite(folder / ("jpegqual/15/" + number(i, 0)), picture, {cv::IMWRITE_JPEG_QUALITY, 15});
    cv::imwrite(folder / ("crops/20/" + number(i, 0)),
                picture({12, 9, picture.cols - 24, picture.rows - 18}));
    if (i % 3 == 0) cv::imwrite(folder / ("strong/" + number(i, 2)), photograph(i + 100));
  }
  const Evaluation evaluation = evaluate(of(folder.path().string(), Protocol::copydays)).value();
  const Json figures = Json::parse(evaluation.json);
  CHECK(figures["photographs"]["known"] == 22);
  const Json& edits = figures["rules"][0]["edits"];
  CHECK(edits["jpegqual/15"]["recall"] == 1);
  CHECK(edits["crops/20"]["recall"].get<double>() > 0.8);
  CHECK(edits["strong"]["recall"] == 0);  // what is there is no copy
}

TEST_CASE(
    "DISC21: queries are held against what the CSV names, and those of nothing are strangers") {
  const TempDir folder;
  fs::create_directories(folder / "references");
  fs::create_directories(folder / "queries");
  std::ofstream truth(folder / "ground_truth.csv");
  truth << "query_id,reference_id\n";
  for (int i = 0; i < 22; ++i) {
    cv::imwrite(folder / ("references/R" + std::to_string(i) + ".png"), photograph(i));
    cv::imwrite(folder / ("queries/Q" + std::to_string(i) + ".jpg"),
                photograph(i < 15 ? i : i + 100));
    truth << "Q" << i << "," << (i < 15 ? "R" + std::to_string(i) : "") << "\r\n";
  }
  truth.close();
  const Evaluation evaluation = evaluate(of(folder.path().string(), Protocol::disc21)).value();
  const Json figures = Json::parse(evaluation.json);
  CHECK(figures["rules"][0]["edits"]["queries"]["recall"] == 1);
  CHECK(figures["photographs"]["tuning"]["asked"].get<int>() +
            figures["photographs"]["reporting"]["asked"].get<int>() ==
        22);
}

TEST_CASE("A folder that is laid out otherwise is refused by what it lacks") {
  const TempDir folder;
  const auto lacks = [&](Protocol protocol) {
    const auto result = evaluate(of(folder.path().string(), protocol));
    return result ? std::string("nothing") : result.error().message;
  };
  CHECK(lacks(Protocol::copydays).find("original/") != std::string::npos);
  CHECK(lacks(Protocol::disc21).find("references/") != std::string::npos);
  write_photographs(folder / "references", 20);
  CHECK(lacks(Protocol::disc21).find("queries/") != std::string::npos);
  fs::create_directories(folder / "queries");
  CHECK(lacks(Protocol::disc21).find("query_id,reference_id") != std::string::npos);
  write_photographs(folder / "original", 20);
  CHECK(lacks(Protocol::copydays).find("copy") != std::string::npos);
}

}  // namespace
