// reseau completion: scripts made from the very options that are parsed, so that they cannot be out
// of date. Type names say what a value may be: "a|b|c" one of these, FILE a file.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/manual.h"
#include "cli/output.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {
    "write a completion script for a shell",
    R"(Writes a script that lets the shell complete commands, options and their
values when the Tab key is pressed.)",
    R"(    source <(reseau completion bash)                     # in ~/.bashrc
    source <(reseau completion zsh)                      # in ~/.zshrc
    reseau completion fish > ~/.config/fish/completions/reseau.fish
)"};

constexpr std::string_view kFile = "@file";  ///< stands for: complete names of files

/// Asks the table what may follow; the same function serves bash and, by bashcompinit, zsh.
constexpr const char* kBashFunction = R"(
_reseau() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local command=reseau word values i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case " $(_reseau_table "$command") " in
      *" $word "*) command="$command $word" ;;
    esac
  done
  values=$(_reseau_table "$command $previous")
  case "$previous" in
    -*) ;;
    *) values= ;;
  esac
  if [ -z "$values" ]; then
    case "$current" in
      -*) values=$(_reseau_table "$command -") ;;
      *) values=$(_reseau_table "$command") ;;
    esac
  fi
  local IFS=$'\n'
  if [ "$values" = @file ]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    IFS=$' \n'
    COMPREPLY=($(compgen -W "$values" -- "$current"))
  fi
}
complete -F _reseau reseau
)";

/// The values to choose from, separated by spaces; kFile; or empty where there is no choice.
std::string values(const CLI::Option& option) {
  std::string names = value_name(option);
  if (names == "FILE") return std::string(kFile);
  if (names.find('|') == std::string::npos) return {};
  std::replace(names.begin(), names.end(), '|', ' ');
  return names;
}

std::vector<std::string> spellings(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

/// What may follow a command: subcommands, or what its arguments may be.
std::string followers(const CLI::App& app) {
  std::string text;
  for (const CLI::App* command : app.get_subcommands({}))
    text += (text.empty() ? "" : " ") + command->get_name();
  for (const CLI::Option* option : app.get_options()) {
    if (text.empty() && option->get_positional()) text = values(*option);
  }
  return text;
}

/// Calls `visit` for a command and all those below it.
template <typename Visit>
void each_command(const CLI::App& app, const Visit& visit) {
  visit(app);
  for (const CLI::App* command : app.get_subcommands({})) each_command(*command, visit);
}

/// A shell function from "reseau match --format" to what may follow it.
std::string bash_table(const CLI::App& root) {
  std::string lines;
  const auto line = [&lines](const std::string& command, const std::string& word,
                             const std::string& reply) {
    lines += "    '" + command + word + "') echo '" + reply + "' ;;\n";
  };
  each_command(root, [&](const CLI::App& app) {
    const std::string name = full_name(app);
    std::string options;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& spelling : spellings(*option)) {
        options += spelling + ' ';
        if (!values(*option).empty()) line(name, ' ' + spelling, values(*option));
      }
    }
    line(name, " -", options);
    line(name, "", followers(app));
  });
  return "_reseau_table() {\n  case \"$1\" in\n" + lines + "  esac\n}\n";
}

std::string bash_script(const CLI::App& root) {
  return "# bash completion of reseau; made by `reseau completion bash`\n" + bash_table(root) +
         kBashFunction;
}

std::string zsh_script(const CLI::App& root) {
  return "# zsh completion of reseau; made by `reseau completion zsh`\n"
         "autoload -U +X compinit bashcompinit\n"
         "(( $+functions[compdef] )) || compinit\n"
         "bashcompinit\n" +
         bash_table(root) + kBashFunction;
}

std::string fish_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '\'';
}

std::string first_sentence(const std::string& text) { return text.substr(0, text.find(". ")); }

/// What the option asks for: nothing, a file, one of some words, or a word of the user's own.
std::string fish_value(const CLI::Option& option) {
  if (value_name(option).empty()) return {};
  const std::string choices = values(option);
  if (choices == kFile) return " -r -F";
  return choices.empty() ? " -x" : " -x -a " + fish_quoted(choices);
}

/// Holds while the command, and none below it, has been typed.
std::string fish_condition(const CLI::App& app) {
  std::string condition;
  for (const CLI::App* outer = &app; outer->get_parent() != nullptr; outer = outer->get_parent()) {
    if (!condition.empty()) condition.insert(0, "; and ");
    condition.insert(0, "__fish_seen_subcommand_from " + outer->get_name());
  }
  std::string below;
  for (const CLI::App* command : app.get_subcommands({})) below += ' ' + command->get_name();
  if (!below.empty())
    condition += (condition.empty() ? "" : "; and ") + ("not __fish_seen_subcommand_from" + below);
  return " -n " + fish_quoted(condition);
}

std::string fish_script(const CLI::App& root) {
  std::string lines =
      "# fish completion of reseau; made by `reseau completion fish`\n"
      "complete -c reseau -f\n";
  each_command(root, [&lines](const CLI::App& app) {
    const std::string start = "complete -c reseau" + fish_condition(app);
    for (const CLI::App* command : app.get_subcommands({})) {
      lines +=
          start + " -a " + command->get_name() + " -d " + fish_quoted(summary(*command)) + '\n';
    }
    if (app.get_subcommands({}).empty() && !followers(app).empty()) {
      lines +=
          start + (followers(app) == kFile ? " -F" : " -a " + fish_quoted(followers(app))) + '\n';
    }
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional()) continue;
      lines += start;
      for (const std::string& name : option->get_snames()) lines += " -s " + name;
      for (const std::string& name : option->get_lnames()) lines += " -l " + name;
      lines += fish_value(*option);
      lines += " -d " + fish_quoted(first_sentence(option->get_description())) + '\n';
    }
  });
  return lines;
}

}  // namespace

void add_completion(CLI::App& root, Run& run) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* app = add_command(root, "completion", kWords, kDoingExits);
  app->add_option("SHELL", *shell, "Which shell the script is for: bash, zsh or fish.")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}))
      ->type_name("bash|zsh|fish");
  app->callback([shell, &root, &run] {
    run = [shell, &root](Output& output) {
      output.write(*shell == "bash"  ? bash_script(root)
                   : *shell == "zsh" ? zsh_script(root)
                                     : fish_script(root));
      return Exit::clear;
    };
  });
}

}  // namespace reseau::cli
