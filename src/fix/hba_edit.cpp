#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>

#include "fix/config_edit.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/config/secrets.hpp"
#include "text/source.hpp"

namespace pgleast {
namespace {

const ConfigFile* text_of(const Cluster& model, ConfigKind kind, const std::string& path) {
  for (const auto& file : model.files) {
    if (file.kind == kind && file.path == path) return &file;
  }
  return nullptr;
}

// Reads from the model's own texts, so that what was edited is read as the server would.
FileReader model_files(const Cluster& model) {
  const auto read = [&model](const std::string& path) -> FileText {
    for (const auto& file : model.files) {
      if (file.path == path) return {file.text, "", false};
    }
    return {std::nullopt, "no such file", true};
  };
  const auto list = [&model](const std::string& path) -> FolderNames {
    std::vector<std::string> names;
    for (const auto& file : model.files) {
      if (file.path.starts_with(path + "/")) names.push_back(file.path.substr(path.size() + 1));
    }
    return {std::move(names), ""};
  };
  return {read, list};
}

Span span_of(const HbaPlace& at, HbaField field) {
  switch (field) {
    case HbaField::type:
      return at.type;
    case HbaField::database:
      return at.database;
    case HbaField::user:
      return at.user;
    case HbaField::address:
      return at.address;
    case HbaField::method:
      return at.method;
  }
  return {};
}

// A field keeps its width where the new text is shorter, so columns stay aligned.
std::string padded(std::string text, std::size_t width, bool followed_by_blank) {
  if (followed_by_blank && text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

// Of a list of networks, those that a record of this address can become: a network of the
// other family would admit what the record did not.
std::vector<std::string> networks_for(const HbaAddress& address, const std::string& list) {
  std::vector<std::string> result;
  std::istringstream words(list);
  for (std::string word; words >> word;) {
    const bool numeric = word.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string::npos;
    const bool v6 = word.find(':') != std::string::npos;
    const bool fits =
        address.kind != AddressKind::ip || !numeric || v6 == (address.address.size() == 16);
    if (fits) result.push_back(word);
  }
  return result;
}

std::string commented_out(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    result += (result.empty() ? "# " : "\n# ") + line;
  return result;
}

// Reads again what was edited.
void read_edited(Cluster& model, ConfigKind kind) {
  const auto first = std::find_if(model.files.begin(), model.files.end(),
                                  [&](const auto& f) { return f.kind == kind; });
  if (first == model.files.end()) return;
  std::vector<ConfigFile> ignored;
  const auto files = model_files(model);
  if (kind == ConfigKind::ident) {
    model.ident = read_ident(first->path, files, model.version_num, ignored);
  } else {
    model.hba =
        read_hba(first->path, files, model.version_num, ignored, hba_settings(model.settings));
  }
}

}  // namespace

struct HbaEdits::Change {
  ConfigKind kind = ConfigKind::hba;
  std::string file;
  Span span;
  std::string text;
};

void HbaEdits::add(const EditRecord& edit) {
  const bool known = std::any_of(edits_.begin(), edits_.end(), [&](const EditRecord& e) {
    return e.record == edit.record && e.field == edit.field;
  });
  if (!known) edits_.push_back(edit);
}

void HbaEdits::add(const InsertRecord& insert) {
  const bool known = std::any_of(inserts_.begin(), inserts_.end(),
                                 [&](const InsertRecord& i) { return i.line == insert.line; });
  if (!known) inserts_.push_back(insert);
}

void HbaEdits::add(const DisableRecord& disable) {
  if (std::find(disabled_.begin(), disabled_.end(), disable.record) == disabled_.end()) {
    disabled_.push_back(disable.record);
  }
}

void HbaEdits::add(const DisableMapping& disable) {
  if (std::find(mappings_.begin(), mappings_.end(), disable.mapping) == mappings_.end()) {
    mappings_.push_back(disable.mapping);
  }
}

// The record's text with its fields replaced; several networks make several records.
std::string HbaEdits::record_text(const Cluster& model, std::size_t record,
                                  const std::string& old) const {
  const auto& r = model.hba.records[record];
  std::vector<std::pair<Span, std::string>> replaced;
  std::vector<std::string> networks{""};
  std::optional<Span> address;
  for (const auto& edit : edits_) {
    if (edit.record != record) continue;
    const auto span = span_of(r.at, edit.field);
    if (edit.field == HbaField::address) {
      address = span;
      networks = networks_for(r.address, edit.text);
    } else {
      replaced.emplace_back(span, edit.text);
    }
  }
  std::string result;
  for (const auto& network : networks) {
    auto parts = replaced;
    if (address) parts.emplace_back(*address, network);
    std::sort(parts.begin(), parts.end(),
              [](const auto& a, const auto& b) { return a.first.begin > b.first.begin; });
    auto line = old;
    for (const auto& [span, text] : parts) {
      const auto at = span.begin - r.at.whole.begin;
      const auto width = span.end - span.begin;
      const bool blank = at + width < line.size() && line[at + width] == ' ';
      line.replace(at, width, padded(text, width, blank));
    }
    result += (result.empty() ? "" : "\n") + line;
  }
  return networks.empty() ? "# " + old : result;
}

std::vector<HbaEdits::Change> HbaEdits::changes(const Cluster& model) const {
  std::vector<Change> result;
  std::set<std::size_t> edited;
  for (const auto& edit : edits_) edited.insert(edit.record);
  for (const auto record : disabled_) edited.insert(record);
  const auto place = [&](std::size_t record) -> std::pair<const ConfigFile*, HbaPlace> {
    const auto& at = model.hba.records[record].at;
    return {at.whole.end > at.whole.begin ? text_of(model, ConfigKind::hba, at.file) : nullptr, at};
  };
  for (const auto& insert : inserts_) {
    const auto [file, at] = place(insert.before);
    if (file == nullptr) continue;
    const auto line_break =
        at.whole.begin == 0 ? std::string::npos : file->text.rfind('\n', at.whole.begin - 1);
    const auto begin = line_break == std::string::npos ? 0 : line_break + 1;
    result.push_back({ConfigKind::hba, file->path, {begin, begin}, insert.line + "\n"});
  }
  for (const auto record : edited) {
    const auto [file, at] = place(record);
    if (file == nullptr) continue;
    const auto old = file->text.substr(at.whole.begin, at.whole.end - at.whole.begin);
    const bool off = std::find(disabled_.begin(), disabled_.end(), record) != disabled_.end();
    const auto text = off ? commented_out(old) : record_text(model, record, old);
    if (text != old) result.push_back({ConfigKind::hba, file->path, at.whole, text});
  }
  for (const auto mapping : mappings_) {
    const auto& at = model.ident.records[mapping].at;
    const auto* const file = text_of(model, ConfigKind::ident, at.file);
    if (file == nullptr || at.whole.end == at.whole.begin) continue;
    const auto old = file->text.substr(at.whole.begin, at.whole.end - at.whole.begin);
    result.push_back({ConfigKind::ident, file->path, at.whole, commented_out(old)});
  }
  // From the end, so that places stay true; a record changes before a line comes above it.
  std::stable_sort(result.begin(), result.end(), [](const Change& a, const Change& b) {
    return std::tie(a.span.begin, a.span.end) > std::tie(b.span.begin, b.span.end);
  });
  return result;
}

std::vector<LineEdit> HbaEdits::preview(const Cluster& model) const {
  std::vector<LineEdit> edits;
  for (const auto& change : changes(model)) {
    const auto& file = *text_of(model, change.kind, change.file);
    const auto begin = file.text.begin() + static_cast<std::ptrdiff_t>(change.span.begin);
    // A record holds its own secrets: the rest of a large file need not be looked through.
    const auto before = file.text.substr(change.span.begin, change.span.end - change.span.begin);
    auto after = change.text;
    if (!after.empty() && after.back() == '\n') after.pop_back();
    edits.push_back({file.path,
                     static_cast<std::size_t>(1 + std::count(file.text.begin(), begin, '\n')),
                     starred(file.kind, before, model.version_num),
                     starred(file.kind, after, model.version_num)});
  }
  std::reverse(edits.begin(), edits.end());
  return edits;
}

std::vector<LineEdit> HbaEdits::apply(Cluster& model) const {
  auto edits = preview(model);
  if (edits.empty()) return edits;
  for (const auto& change : changes(model)) {
    for (auto& file : model.files) {
      if (file.kind != change.kind || file.path != change.file) continue;
      file.text.replace(change.span.begin, change.span.end - change.span.begin, change.text);
      break;
    }
  }
  read_edited(model, ConfigKind::hba);
  if (!mappings_.empty()) read_edited(model, ConfigKind::ident);
  return edits;
}

}  // namespace pgleast
