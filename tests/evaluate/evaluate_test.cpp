#include <reseau/evaluate.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "evaluate/photographs.h"

namespace {

using namespace reseau;
using namespace reseau::test;
using Json = nlohmann::ordered_json;

EvaluateOptions small(const std::string& folder) {
  EvaluateOptions options;
  options.photographs = {folder};
  options.levels = {Level::base};
  options.queries = 2;
  return options;
}

std::string written(const TempDir& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name) << text;
  return folder / name;
}

const Json& rule_named(const Json& figures, const std::string& name) {
  for (const Json& rule : figures["rules"]) {
    if (rule["rule"] == name) return rule;
  }
  throw std::runtime_error("no rule " + name);
}

TEST_CASE("The figures do not hang on the number of threads, and hold together") {
  const TempDir folder;
  write_photographs(folder / "photographs", 24);
  EvaluateOptions options = small(folder / "photographs");
  options.groups =
      written(folder, "groups.csv", "00.png,a\n# of no group: the others\n01.png, b\n");
  const Evaluation one = evaluate(options).value();
  options.threads = 3;
  const Evaluation three = evaluate(options).value();
  CHECK(one.json == three.json);
  CHECK(one.html == three.html);

  const Json figures = Json::parse(one.json);
  CHECK(figures["photographs"]["known"] == 24);
  const Json& halves = figures["photographs"];
  CHECK(halves["tuning"]["photographs"].get<int>() +
            halves["reporting"]["photographs"].get<int>() ==
        24);
  // 63 edits and the original, against all of the same half but their own.
  for (const char* half : {"tuning", "reporting"}) {
    const int asked = halves[half]["asked"].get<int>();
    CHECK(halves[half]["comparisons"].get<int>() ==
          64 * asked * (halves[half]["photographs"].get<int>() - 1));
  }
  const Json& grid = rule_named(figures, "grid, base");
  CHECK(grid["edits"]["as it is"]["recall"] == 1);
  CHECK(grid["edits"]["jpeg_75"]["recall"] == 1);
  CHECK(grid["edits"].size() == 1 + 63 + 13);
  CHECK(figures["groups"].size() == 2);
  CHECK(figures["look_alikes"].size() == 5);
  CHECK(one.html.find("<script") == std::string::npos);
  CHECK(one.html.find("<img") == std::string::npos);
}

TEST_CASE("A report that was stopped is none") {
  const TempDir folder;
  write_photographs(folder / "photographs", 20);
  EvaluateOptions options = small(folder / "photographs");
  options.progress = [](std::size_t done, std::size_t) { return done < 3; };
  const auto stopped = evaluate(options);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == Code::interrupted);
}

TEST_CASE("Too few photographs, or a list that makes no sense, give a reason and no figures") {
  const TempDir folder;
  write_photographs(folder / "few", 19);
  const auto few = evaluate(small(folder / "few"));
  REQUIRE_FALSE(few);
  CHECK(few.error().code == Code::invalid_argument);
  CHECK(few.error().message.find("read: 19;") != std::string::npos);
  CHECK(evaluate(small(folder / "none")).error().code == Code::not_found);

  write_photographs(folder / "enough", 20);
  EvaluateOptions options = small(folder / "enough");
  options.groups = written(folder, "groups.csv", "99.png,a\n");
  CHECK(evaluate(options).error().code == Code::invalid_argument);
  options.groups = written(folder, "groups.csv", "no comma here\n");
  CHECK(evaluate(options).error().message.find("line 1") != std::string::npos);
  options.groups = folder / "missing.csv";
  CHECK(evaluate(options).error().code == Code::io_error);
}

TEST_CASE("What cannot be read or was there already is counted, and a name is not trusted") {
  const TempDir folder;
  const std::string photographs = folder / "photographs";
  write_photographs(photographs, 20);
  written(folder, "photographs/broken.png", "no picture");
  std::filesystem::copy_file(photographs + "/00.png", photographs + "/copy of 00.png");
  cv::imwrite(photographs + "/a line.png", cv::Mat(1, 3000, CV_8UC3, cv::Scalar::all(9)));
  cv::imwrite(photographs + "/a point.png", cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(9)));
  std::filesystem::rename(photographs + "/01.png", photographs + "/<script>&\xff.png");
  {  // a thumbnail that differs, as cameras leave it
    std::ofstream photograph(photographs + "/02.png", std::ios::binary | std::ios::app);
    photograph << std::ifstream(photographs + "/03.png", std::ios::binary).rdbuf();
  }
  const Evaluation evaluation = evaluate(small(photographs)).value();
  const Json figures = Json::parse(evaluation.json);
  CHECK(figures["photographs"]["known"] == 22);
  CHECK(figures["photographs"]["unreadable"] == 1);
  CHECK(figures["photographs"]["repeated"] == 1);
  CHECK(evaluation.html.find("<script") == std::string::npos);
}

TEST_CASE("Calibration gives a limit for each kind and level, or says that it has none") {
  const TempDir folder;
  write_photographs(folder / "photographs", 24);
  CalibrateOptions options{small(folder / "photographs"), 10, 0.5};
  options.measure.levels = {Level::base, Level::standard};
  const Json calibration = Json::parse(calibrate(options).value().json);
  CHECK(calibration["comparisons"] == 2 * 64 * 23);
  REQUIRE(calibration["limits"].size() == 3);
  for (const Json& row : calibration["limits"]) {
    CHECK(row["built_in"].is_number());
    CHECK((row["limit"].is_null() || row["limit"].get<int>() >= 0));
    CHECK(row.contains("level") == (row["kind"] == "grid"));
  }
  options.entries = 0;
  CHECK(calibrate(options).error().code == Code::invalid_argument);
}

}  // namespace
