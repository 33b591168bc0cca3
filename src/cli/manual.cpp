#include "cli/manual.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <string_view>

namespace reseau::cli {
namespace {

constexpr std::size_t kWidth = 79;

std::string wrapped(const std::string& text, std::size_t indent) {
  std::istringstream words(text);
  const std::string margin(indent, ' ');
  std::string out;
  std::string line = margin;
  for (std::string word; words >> word;) {
    if (line.size() > indent && line.size() + 1 + word.size() > kWidth) {
      out += line + '\n';
      line = margin;
    }
    line += (line.size() > indent ? " " : "") + word;
  }
  return out + line + '\n';
}

/// Paragraphs are wrapped; lines that begin with a space stay as they are.
std::string paragraphs(const std::string& text) {
  constexpr std::size_t kIndent = 4;
  std::istringstream lines(text);
  std::string out;
  std::string paragraph;
  const auto finish = [&out, &paragraph] {
    if (!paragraph.empty()) out += wrapped(paragraph, kIndent);
    paragraph.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != ' ') {
      paragraph += line + ' ';
      continue;
    }
    finish();
    out += (line.empty() ? "" : std::string(kIndent, ' ') + line) + '\n';
  }
  finish();
  return out;
}

bool takes_many(const CLI::Option& option) { return option.get_items_expected_max() > 1; }

std::string synopsis(const CLI::App& app) {
  std::string text = full_name(app);
  if (!app.get_subcommands({}).empty()) return text + " COMMAND [OPTION]...";
  text += " [OPTION]...";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = option->get_name(true) + (takes_many(*option) ? "..." : "");
    text += ' ' + (option->get_required() ? name : '[' + name + ']');
  }
  return text;
}

std::string heading(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string text;
  for (const std::string& name : option.get_snames()) text += "-" + name + ", ";
  for (const std::string& name : option.get_lnames()) text += "--" + name + ", ";
  text.resize(text.size() - 2);
  const std::string value = value_name(option);
  return value.empty() ? text : text + ' ' + value;
}

std::string options(const CLI::App& app, bool positional) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() != positional) continue;
    text += "    " + heading(*option) + '\n' + wrapped(option->get_description(), 8);
  }
  return text;
}

std::string commands(const CLI::App& app) {
  std::string text;
  for (const CLI::App* command : app.get_subcommands({})) {
    std::string name = "    " + command->get_name();
    name.resize(std::max<std::size_t>(name.size() + 1, 16), ' ');
    text += name + summary(*command) + '\n';
  }
  return text;
}

void section(std::string& page, std::string_view title, const std::string& text) {
  if (!text.empty()) page += std::string(title) + '\n' + text + '\n';
}

}  // namespace

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : full_name(*parent) + ' ' + app.get_name();
}

std::string value_name(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string name = option.get_type_name();  // with what its checks say, behind a colon
  return name.substr(0, name.find(':'));
}

std::string summary(const CLI::App& app) {
  const std::string text = app.get_description();
  return text.substr(0, text.find('\n'));
}

std::string manual(const CLI::App& app) {
  const std::string description = app.get_description();
  std::string page;
  section(page, "NAME", "    " + full_name(app) + " - " + summary(app) + '\n');
  section(page, "SYNOPSIS", "    " + synopsis(app) + '\n');
  section(page, "DESCRIPTION", paragraphs(description.substr(summary(app).size() + 1)));
  section(page, "COMMANDS", commands(app));
  section(page, "ARGUMENTS", options(app, true));
  section(page, "OPTIONS", options(app, false));
  return page + app.get_footer();
}

}  // namespace reseau::cli
