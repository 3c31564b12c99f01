#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "fix/columns.hpp"
#include "fix/statement.hpp"
#include "input/config/conf.hpp"
#include "input/config/secrets.hpp"
#include "pg/identifier.hpp"
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

// A value set by ALTER SYSTEM is changed the same way; so is one whose file is not at hand.
bool needs_alter_system(const Cluster& model, const ChangeSetting& change) {
  const auto* const setting = model.find_setting(change.name);
  if (setting != nullptr && setting->file.ends_with("postgresql.auto.conf")) return true;
  const bool has_text = std::any_of(model.files.begin(), model.files.end(),
                                    [](const auto& f) { return f.kind == ConfigKind::conf; });
  return !has_text && !model.server.empty();
}

// From 17 on a server that is set up from outside may refuse it (guc.c, AlterSystemSetConfigFile).
bool takes_alter_system(const Cluster& model) {
  const auto* const allowed = model.find_setting("allow_alter_system");
  return allowed == nullptr || allowed->value != "off";
}

Statements alter_system(Cluster& model, const ChangeSetting& change) {
  Statements result;
  if (!takes_alter_system(model)) return result;
  result.outside_transaction = true;
  const auto name = quote_identifier(change.name);
  result.sql.push_back(fmt::format("ALTER SYSTEM SET {} = {};", name, quote_literal(change.value)));
  for (auto& setting : model.settings) {
    if (setting.name != change.name) continue;
    const bool was_system = setting.file.ends_with("postgresql.auto.conf");
    result.undo.push_back(
        was_system ? fmt::format("ALTER SYSTEM SET {} = {};", name, quote_literal(setting.value))
                   : fmt::format("ALTER SYSTEM RESET {};", name));
    setting.value = change.value;
    setting.file = "postgresql.auto.conf";
  }
  return result;
}

// A comment behind it keeps its column.
void replace_value(std::string& text, const Span& span, const std::string& value) {
  const auto start = text.rfind('\n', span.begin) + 1;
  const auto gap_end = std::min(text.find_first_not_of(" \t", span.end), text.size());
  const bool comment = gap_end < text.size() && text[gap_end] == '#';
  const auto gap = comment ? text.substr(span.end, gap_end - span.end) : "";
  const auto kept = kept_gap(text.substr(start, span.end - start), gap,
                             text.substr(start, span.begin - start) + value);
  text.replace(span.begin, span.end - span.begin + gap.size(), value + kept);
}

// Where the files set it last, or a new line at the end of the main one.
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
    replace_value(file->text, span, value);
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
  edit.before = starred(ConfigKind::conf, edit.before, model.version_num);
  edit.after = starred(ConfigKind::conf, edit.after, model.version_num);
  return {edit};
}

}  // namespace

Statements enact(Cluster& model, const ChangeSetting& change) {
  if (needs_alter_system(model, change)) return alter_system(model, change);
  Statements result;
  result.edits = edit_setting(model, change);
  return result;
}

}  // namespace pgleast
