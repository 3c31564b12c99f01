#include "report/graphviz.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>

#include "text/diagnostic.hpp"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX has it, some headers do not
extern char** environ;

namespace pgleast {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

TemporaryFile temporary_file() {
  TemporaryFile file(std::tmpfile());
  if (file == nullptr) fail("", fmt::format("no temporary file: {}", std::strerror(errno)));
  return file;
}

std::string all_of(std::FILE* file) {
  std::rewind(file);
  std::string text;
  std::array<char, 65536> block{};
  for (std::size_t n = 0; (n = std::fread(block.data(), 1, block.size(), file)) > 0;) {
    text.append(block.data(), n);
  }
  return text;
}

}  // namespace

std::string svg_of(const std::string& dot) {
  const auto in = temporary_file();
  const auto out = temporary_file();
  if (std::fwrite(dot.data(), 1, dot.size(), in.get()) != dot.size() ||
      std::fflush(in.get()) != 0) {
    fail("", fmt::format("the temporary file cannot be written: {}", std::strerror(errno)));
  }
  std::rewind(in.get());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out.get()), STDOUT_FILENO);
  std::array<std::string, 2> words{"dot", "-Tsvg"};
  std::array<char*, 3> arguments{words[0].data(), words[1].data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, "dot", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) {
    fail("",
         "there is no program `dot`: install Graphviz (Debian: graphviz), or write --format dot");
  }
  if (failed != 0) fail("", fmt::format("`dot` does not start: {}", std::strerror(failed)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fail("", "`dot` failed; --format dot writes what it was given");
  }
  return all_of(out.get());
}

}  // namespace pgleast
