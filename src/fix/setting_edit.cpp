#include <algorithm>
#include <cctype>

#include "fix/config_edit.hpp"
#include "input/conf.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

// A word stays bare, all else is quoted as guc-file.l reads it back.
std::string conf_value(const std::string& value) {
  const bool word = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
  });
  if (word) return value;
  std::string result = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') result += c;
    result += c;
  }
  return result + '\'';
}

ConfFile read_again(const Cluster& model, const std::string& path) {
  const auto read = [&model](const std::string& wanted) -> FileText {
    for (const auto& file : model.files) {
      if (file.kind == ConfigKind::conf && file.path == wanted) return {file.text, "", false};
    }
    return {std::nullopt, "no such file", true};
  };
  const auto list = [&model](const std::string& folder) -> FolderNames {
    std::vector<std::string> names;
    for (const auto& file : model.files) {
      if (file.path.starts_with(folder + "/")) names.push_back(file.path.substr(folder.size() + 1));
    }
    return {std::move(names), ""};
  };
  std::vector<ConfigFile> ignored;
  return read_conf(path, {read, list}, model.version_num, ignored);
}

}  // namespace

std::vector<LineEdit> edit_setting(Cluster& model, const ChangeSetting& change) {
  const auto main = std::find_if(model.files.begin(), model.files.end(),
                                 [](const auto& f) { return f.kind == ConfigKind::conf; });
  if (main == model.files.end()) return {};
  const auto conf = read_again(model, main->path);
  const ConfEntry* last = nullptr;
  for (const auto& entry : conf.entries) {
    if (setting_key(entry.name) == setting_key(change.name)) last = &entry;
  }
  LineEdit edit;
  if (last != nullptr) {
    const auto file = std::find_if(model.files.begin(), model.files.end(),
                                   [&](const auto& f) { return f.path == last->file; });
    const auto& span = last->value_span;
    const auto& whole = last->whole;
    edit = {last->file, last->line, file->text.substr(whole.begin, whole.end - whole.begin), ""};
    const auto value = conf_value(change.value);
    file->text.replace(span.begin, span.end - span.begin, value);
    const auto size = whole.end - whole.begin - (span.end - span.begin) + value.size();
    edit.after = file->text.substr(whole.begin, size);
  } else {
    if (!main->text.empty() && main->text.back() != '\n') main->text += '\n';
    const auto line = 1 + std::count(main->text.begin(), main->text.end(), '\n');
    edit = {main->path, static_cast<std::size_t>(line), "",
            change.name + " = " + conf_value(change.value)};
    main->text += edit.after + '\n';
  }
  for (auto& setting : model.settings) {
    if (setting_key(setting.name) != setting_key(change.name)) continue;
    setting.value = change.value;
    setting.source = "configuration file";
    setting.file = edit.file;
    setting.line = static_cast<std::uint32_t>(edit.line);
  }
  return {edit};
}

}  // namespace pgleast
