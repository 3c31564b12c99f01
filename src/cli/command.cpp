#include "cli/command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>

#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "version.hpp"

namespace pgleast {
namespace {

constexpr std::array table{
    Command{"audit", add_audit},         Command{"fix", add_fix},
    Command{"bootstrap", add_bootstrap}, Command{"snapshot", add_snapshot},
    Command{"access", add_access},       Command{"graph", add_graph},
    Command{"reach", add_reach},         Command{"hba", add_hba},
    Command{"ident", add_ident},         Command{"conf", add_conf},
    Command{"diff", add_diff},           Command{"rules", add_rules},
    Command{"policy", add_policy},
};

// What stands below `hba`, `ident` and `conf`.
constexpr std::array hba_table{Command{"dump", add_hba_dump}, Command{"decide", add_hba_decide},
                               Command{"lint", add_hba_lint}};
constexpr std::array ident_table{Command{"dump", add_ident_dump},
                                 Command{"decide", add_ident_decide}};
constexpr std::array conf_table{Command{"dump", add_conf_dump}, Command{"show", add_conf_show}};

constexpr int usage_code = static_cast<int>(Fault::usage);

void complain(const std::string& message) {
  std::fputs(("pgleast: " + message + "\n").c_str(), stderr);
}

// The subcommand that was being parsed when something was wrong.
const CLI::App& innermost(const CLI::App& app) {
  const auto* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

std::string unknown_word(const CLI::App& app, const std::string& word) {
  const auto name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  if (name.starts_with('-')) {
    for (const auto* const option : app.get_options()) {
      for (const auto& n : option->get_lnames()) known.push_back("--" + n);
    }
    return fmt::format("unknown option {}{}", displayed(name), [&] {
      const auto best = nearest(name, known);
      return best.empty() ? std::string() : fmt::format("; did you mean {}?", best);
    }());
  }
  for (const auto* const sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(sub->get_name());
  }
  return fmt::format("unexpected `{}`{}", displayed(word), did_you_mean(word, known));
}

std::string full_name(const CLI::App& app) {
  const auto* const parent = app.get_parent();
  return parent == nullptr ? app.get_name() : full_name(*parent) + ' ' + app.get_name();
}

// The first word that nobody took, as its own subcommand's word or else as the program's.
std::optional<std::string> what_is_unknown(const CLI::App& app, const CLI::App& command) {
  if (const auto words = command.remaining(); !words.empty()) {
    return unknown_word(command, words.front());
  }
  if (const auto words = app.remaining(true); !words.empty()) {
    return unknown_word(app, words.front());
  }
  return std::nullopt;
}

std::string what_is_wrong(const CLI::App& app, const CLI::App& command,
                          const CLI::ParseError& error) {
  // A misspelt subcommand is also a missing one: the word that stands there tells more.
  const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (missing || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    if (const auto unknown = what_is_unknown(app, command)) return *unknown;
  }
  const auto help = full_name(command) + " --help";
  if (missing && !command.get_subcommands([](const CLI::App*) { return true; }).empty()) {
    return fmt::format("a subcommand is missing; see {}", help);
  }
  std::string said = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const auto option = displayed(said.substr(0, said.find(':')));
    const bool twice = said.find("At Most") != std::string::npos;
    return option + (twice ? " is given more than once" : " needs a value; see " + help);
  }
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) return said;  // ours
  return fmt::format("{}; see {}", displayed(said), help);
}

void add_commands(CLI::App& parent, Run& run, std::span<const Command> below) {
  for (const auto& command : below) command.add(parent, run);
}

// Also for --version; the text is lost where standard output is full.
int print_help(const CLI::App& app, const CLI::Success& wanted) {
  app.exit(wanted);
  std::cout.flush();
  if (std::cout) return 0;
  complain("standard output: error: cannot be written");
  return static_cast<int>(Fault::unreadable);
}

const CLI::App* subcommand_named(const CLI::App& app, const std::string& name) {
  for (const auto* const sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() == name) return sub;
  }
  return nullptr;
}

// `pgleast help hba decide` asks what `pgleast hba decide --help` does.
std::vector<std::string> asked(const CLI::App& app, std::vector<std::string> words) {
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  const auto* at = &app;
  for (const auto& word : words) {
    const auto* const sub = subcommand_named(*at, word);
    if (sub == nullptr) fail_usage(unknown_word(*at, word));
    at = sub;
  }
  words.emplace_back("--help");
  return words;
}

}  // namespace

std::span<const Command> commands() { return table; }

CLI::App& add_command(CLI::App& app, Run& run, const std::string& name, const std::string& what,
                      const Run& chosen) {
  auto* const command = app.add_subcommand(name, what);
  command->callback([chosen, &run] { run = chosen; });
  return *command;
}

CLI::App& add_parent(CLI::App& app, const std::string& name, const std::string& what) {
  auto* const parent = app.add_subcommand(name, what);
  parent->require_subcommand(1);
  return *parent;
}

void add_flag(CLI::App& command, const std::string& name, bool& value, const std::string& what) {
  command.add_flag(name, value, what);
}

void add_value(CLI::App& command, const std::string& name, std::string& value,
               const std::string& what, const std::string& shown) {
  command.add_option(name, value, what)->type_name(shown);
}

void add_value(CLI::App& command, const std::string& name, std::optional<std::string>& value,
               const std::string& what, const std::string& shown) {
  const auto set = [&value](const std::string& text) { value = text; };
  command.add_option_function<std::string>(name, set, what)->type_name(shown);
}

void add_needed_value(CLI::App& command, const std::string& name, std::string& value,
                      const std::string& what, const std::string& shown) {
  command.add_option(name, value, what)->type_name(shown)->required();
}

void add_values(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                const std::string& what, const std::string& shown) {
  command.add_option(name, values, what)->type_name(shown)->allow_extra_args(false);
}

void add_words(CLI::App& command, const std::string& name, std::vector<std::string>& values,
               const std::string& what, const std::string& shown) {
  command.add_option(name, values, what)->type_name(shown)->required();
}

void add_hba(CLI::App& app, Run& run) {
  add_commands(add_parent(app, "hba", "look into pg_hba.conf"), run, hba_table);
}

void add_ident(CLI::App& app, Run& run) {
  add_commands(add_parent(app, "ident", "look into pg_ident.conf"), run, ident_table);
}

void add_conf(CLI::App& app, Run& run) {
  add_commands(add_parent(app, "conf", "look into postgresql.conf"), run, conf_table);
}

int run_command_line(int argc, char** argv) {
  CLI::App app{"Audits who can get into a PostgreSQL cluster and what they can do there."};
  app.name("pgleast");
  app.set_version_flag("--version", std::string("pgleast ") + version);
  app.require_subcommand(1);
  app.footer(
      "`pgleast help COMMAND` and `pgleast COMMAND --help` list a command's options.\n\n"
      "Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 something unseen, 4 unreadable.");
  Run run;
  add_commands(app, run, commands());
  try {
    auto words = asked(app, {argv + std::min(argc, 1), argv + argc});
    if (words.empty()) {
      std::fputs(app.help().c_str(), stderr);
      return usage_code;
    }
    std::reverse(words.begin(), words.end());  // as the parser takes them
    app.parse(std::move(words));
    return run();
  } catch (const CLI::Success& e) {
    return print_help(app, e);
  } catch (const CLI::ParseError& e) {
    complain(what_is_wrong(app, innermost(app), e));
    return usage_code;
  } catch (const Error& e) {
    complain(e.what());
    return static_cast<int>(e.fault());
  } catch (const std::bad_alloc&) {
    complain("out of memory");
  } catch (const std::exception& e) {
    complain(fmt::format("internal error: {}", displayed(e.what())));
  }
  return static_cast<int>(Fault::unreadable);
}

}  // namespace pgleast
