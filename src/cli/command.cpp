#include "cli/command.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>

#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "version.hpp"

namespace pgleast {
namespace {

constexpr std::array table{
    Command{"audit", add_audit},   Command{"fix", add_fix},
    Command{"bootstrap", add_bootstrap}, Command{"snapshot", add_snapshot},
    Command{"access", add_access}, Command{"hba", add_hba},
    Command{"ident", add_ident},   Command{"conf", add_conf},
    Command{"rules", add_rules},   Command{"policy", add_policy},
};

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

int parse_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto& command = innermost(app);
  const auto help = command.get_parent() == nullptr
                        ? std::string("pgleast --help")
                        : fmt::format("pgleast {} --help", command.get_name());
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    for (const auto& word : command.remaining()) {
      complain(unknown_word(command, word));
      return usage_code;
    }
    for (const auto& word : app.remaining(true)) {
      complain(unknown_word(app, word));
      return usage_code;
    }
  }
  if (command.get_subcommands([](const CLI::App*) { return true; }).size() > 0 &&
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    complain(fmt::format("a subcommand is missing; see {}", help));
    return usage_code;
  }
  std::string message = error.what();
  complain(fmt::format("{}; see {}", displayed(message), help));
  return usage_code;
}

}  // namespace

std::span<const Command> commands() { return table; }

int run_command_line(int argc, char** argv) {
  CLI::App app{"Audits who can get into a PostgreSQL cluster and what they can do there."};
  app.name("pgleast");
  app.set_version_flag("--version", std::string("pgleast ") + version);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 something unseen, 4 unreadable.");
  Run run;
  for (const auto& command : commands()) command.add(app, run);
  try {
    app.parse(argc, argv);
    return run();
  } catch (const CLI::Success& e) {
    return app.exit(e);  // --help and --version print themselves
  } catch (const CLI::ParseError& e) {
    return parse_error(app, e);
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
