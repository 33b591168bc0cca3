// reseau testcard
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string_view>

#include <reseau/testcard.h>

#include "cli/commands.h"
#include "cli/new_file.h"
#include "cli/output.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {
    "write the test card",
    R"(Writes one harmless picture, as PNG, that every bank knows, edited copies of it
too. Send it through a pipeline to see whether known pictures are found: the
verdict is always `test`. It is what the EICAR file is to virus scanners.)",
    R"(    reseau testcard card.png
    reseau match known.bank card.png
    reseau testcard | curl -T - https://example.org/upload
)"};

struct Options {
  std::string file = "-";
  bool force = false;
};

Exit testcard(const Options& options, Output& output) {
  const std::vector<std::uint8_t> bytes = testcard_png();
  const std::string_view png(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (options.file != "-") {
    NewFile(options.file, options.force ? NewFile::Existing::overwrite : NewFile::Existing::keep,
            "give another name, or --force to overwrite it")
        .write(png);
  } else if (::isatty(STDOUT_FILENO) != 0) {
    throw Fatal("standard output is a terminal, which cannot show a PNG; name a file to write");
  } else {
    output.write(png);
  }
  return Exit::clear;
}

}  // namespace

void add_testcard(CLI::App& root, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(root, "testcard", kWords, kDoingExits);
  app->add_option("FILE", options->file,
                  "Where to. Without it, or with -, to standard output, if that is no terminal.")
      ->type_name("FILE");
  app->add_flag("--force", options->force, "Overwrite a file that is there already.");
  app->callback(
      [options, &run] { run = [options](Output& output) { return testcard(*options, output); }; });
}

}  // namespace reseau::cli
