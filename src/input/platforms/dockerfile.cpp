#include "input/platforms/dockerfile.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "input/platforms/server_image.hpp"
#include "input/platforms/shell_words.hpp"
#include "input/platforms/variables.hpp"
#include "text/path_name.hpp"
#include "text/upper_case.hpp"

namespace pgleast {
namespace {

struct Instruction {
  std::string name;  // FROM
  std::string rest;
  std::size_t at = 0;
};

// Lines that end in a backslash go on; comments between them are left out.
std::vector<Instruction> instructions_of(std::string_view text) {
  std::vector<Instruction> result;
  bool goes_on = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    const auto begin = at;
    at = end + 1;
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    const auto last = line.find_last_not_of(" \t\r");
    const bool more = line[last] == '\\';
    const auto words = std::string(line.substr(first, (more ? last : last + 1) - first));
    if (goes_on) {
      result.back().rest += ' ' + words;
    } else {
      const auto blank = std::min(words.find_first_of(" \t"), words.size());
      const auto rest = words.find_first_not_of(" \t", blank);
      result.push_back({upper_case(words.substr(0, blank)),
                        rest == std::string::npos ? "" : words.substr(rest), begin + first});
    }
    goes_on = more;
  }
  return result;
}

YamlNode node_at(const std::shared_ptr<const Source>& source, std::size_t at) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.span = {at, std::min(at + 1, source->text().size())};
  node.source = source;
  return node;
}

// `["a", "b"]` or the words of a shell.
std::vector<std::string> command_words(const std::string& rest) {
  if (!rest.starts_with('[')) return shell_words(rest);
  const auto list = read_yaml_documents(Source("", rest));
  std::vector<std::string> words;
  if (list.documents.empty()) return words;
  for (const auto& item : list.documents.front().items) words.push_back(item.text);
  return words;
}

class DockerfileReader {
 public:
  DockerfileReader(const std::string& path, std::string text, std::string context)
      : source_(std::make_shared<const Source>(path, std::move(text))),
        context_(std::move(context)) {}

  std::optional<ContainerRun> read(const std::string& stage) {
    std::optional<ContainerRun> last;
    for (const auto& instruction : instructions_of(source_->text())) {
      if (instruction.name == "FROM") {
        if (!stage.empty() && last && name_ == stage) break;
        last = begin_stage(instruction);
      } else if (!last) {
        if (instruction.name == "ARG") take_argument(instruction);
      } else {
        take(instruction, *last);
      }
    }
    if (!last || !is_server_image(last->image)) return std::nullopt;
    return last;
  }

 private:
  ContainerRun begin_stage(const Instruction& from) {
    auto words = shell_words(from.rest);
    std::erase_if(words, [](const std::string& w) { return w.starts_with("--"); });
    name_ = words.size() > 2 && upper_case(words[1]) == "AS" ? words[2] : "";
    const auto image = words.empty() ? "" : filled_in(words[0], arguments_).value_or(words[0]);
    ContainerRun run;
    const auto before = stages_.find(image);
    if (before != stages_.end()) run = before->second;
    run.at = node_at(source_, from.at);
    if (before == stages_.end()) run.image = image;
    if (!name_.empty()) stages_[name_] = run;
    return run;
  }

  void take_argument(const Instruction& argument) {
    const auto equals = argument.rest.find('=');
    if (equals == std::string::npos) return;
    arguments_[argument.rest.substr(0, equals)] = argument.rest.substr(equals + 1);
  }

  void take(const Instruction& instruction, ContainerRun& run) {
    if (instruction.name == "ENV") {
      take_environment(instruction, run);
    } else if (instruction.name == "COPY" || instruction.name == "ADD") {
      take_copy(instruction, run);
    } else if (instruction.name == "CMD") {
      run.command.clear();
      for (const auto& word : command_words(instruction.rest)) {
        run.command.push_back({word, node_at(source_, instruction.at)});
      }
    } else if (instruction.name == "ARG") {
      take_argument(instruction);
    }
    if (!name_.empty()) stages_[name_] = run;
  }

  void take_environment(const Instruction& instruction, ContainerRun& run) {
    const auto words = shell_words(instruction.rest);
    const bool old_form = !words.empty() && words[0].find('=') == std::string::npos;
    const auto enter = [&](const std::string& name, const std::string& value) {
      // Of an instruction of several lines the one that the name stands in.
      const auto at = source_->text().find(name, instruction.at);
      run.environment[name] = {filled_in(value, arguments_), node_at(source_, at)};
    };
    if (old_form && words.size() > 1) return enter(words[0], words[1]);
    for (const auto& word : words) {
      const auto equals = word.find('=');
      if (equals != std::string::npos) enter(word.substr(0, equals), word.substr(equals + 1));
    }
  }

  void take_copy(const Instruction& instruction, ContainerRun& run) const {
    auto words = command_words(instruction.rest);
    const bool from_stage = std::any_of(
        words.begin(), words.end(), [](const std::string& w) { return w.starts_with("--from"); });
    std::erase_if(words, [](const std::string& w) { return w.starts_with("--"); });
    if (from_stage || words.size() < 2) return;
    auto target = words.back();
    words.pop_back();
    const bool into =
        target.ends_with('/') || words.size() > 1 || target == "/docker-entrypoint-initdb.d";
    while (target.size() > 1 && target.ends_with('/')) target.pop_back();
    for (const auto& word : words) {
      const auto outside = repository_path(context_ + "/.", word);
      const bool is_folder =
          word.ends_with('/') || name_of_path(word).find('.') == std::string::npos;
      const auto star = outside.find('*');
      if (star != std::string::npos) {
        run.mounts.emplace_back(target, outside.substr(0, outside.rfind('/', star)));
      } else if (into && !is_folder) {
        run.mounts.emplace_back(target + "/" + std::string(name_of_path(word)), outside);
      } else {
        run.mounts.emplace_back(target, outside);
      }
    }
  }

  std::shared_ptr<const Source> source_;
  std::string context_;
  std::string name_;  // of the stage
  std::map<std::string, ContainerRun> stages_;
  std::map<std::string, std::string> arguments_;
};

}  // namespace

bool is_dockerfile(std::string_view name) {
  return name == "Dockerfile" || name == "Containerfile" || name.starts_with("Dockerfile.") ||
         name.ends_with(".Dockerfile") || name.ends_with(".dockerfile");
}

std::optional<ContainerRun> read_dockerfile(const std::string& path, std::string text,
                                            const std::string& context, const std::string& stage) {
  return DockerfileReader(path, std::move(text), context).read(stage);
}

}  // namespace pgleast
