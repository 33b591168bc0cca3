/// What --help shows: a manual page in plain text.
#pragma once

#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace reseau::cli {

[[nodiscard]] std::string manual(const CLI::App& app);

/// "reseau bank add".
[[nodiscard]] std::string full_name(const CLI::App& app);
/// "FILE", "N", "text|jsonl|csv": what an option's value is; empty for a flag.
[[nodiscard]] std::string value_name(const CLI::Option& option);
/// The first line of its description.
[[nodiscard]] std::string summary(const CLI::App& app);

}  // namespace reseau::cli
