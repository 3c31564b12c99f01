#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>

#include "fix/columns.hpp"
#include "fix/config_edit.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/config/secrets.hpp"
#include "net/origin.hpp"
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

std::string line_start(const ConfigFile& file, std::size_t at) {
  const auto line_break = at == 0 ? std::string::npos : file.text.rfind('\n', at - 1);
  const auto begin = line_break == std::string::npos ? 0 : line_break + 1;
  return file.text.substr(begin, at - begin);
}

std::string line_end(const ConfigFile& file, std::size_t at) {
  const auto line_break = file.text.find('\n', at);
  const bool windows =
      line_break != std::string::npos && line_break > 0 && file.text[line_break - 1] == '\r';
  return windows ? "\r\n" : "\n";
}

// The blanks between a record and the comment on its line.
std::string gap_before_comment(const ConfigFile& file, std::size_t at) {
  const auto end = file.text.find_first_not_of(" \t", at);
  const bool comment = end != std::string::npos && file.text[end] == '#';
  return comment ? file.text.substr(at, end - at) : "";
}

// A record's line up to its method; a field with blanks in it, like a list or an address with its
// mask, is one word.
std::string words_of(const ConfigFile& file, const HbaPlace& at) {
  const std::array fields{at.database, at.user, at.address};
  auto text = line_start(file, at.whole.begin);
  for (auto i = at.whole.begin; i < at.method.end; ++i) {
    const char c = file.text[i];
    const bool in_field = std::any_of(fields.begin(), fields.end(), [&](const Span& field) {
      return i >= field.begin && i < field.end;
    });
    const bool blank = c == ' ' || c == '\t' || c == '"';
    const auto width = column_after(text + c) - column_after(text);
    if (in_field && blank) {
      text.append(width, '.');
    } else {
      text += c;
    }
  }
  return text;
}

using FieldTexts = std::vector<std::pair<Span, std::string>>;

// A record with other texts for some of its fields, and the gap behind it, after what stands before
// it on its line. What follows keeps its column.
std::string with_fields(const std::string& start, const std::string& old, const HbaPlace& at,
                        const FieldTexts& replaced, const std::string& gap) {
  auto before = start, result = start;
  auto end = at.whole.begin;
  for (const auto& span : {at.type, at.database, at.user, at.address, at.method, at.options}) {
    if (span.end == span.begin) continue;
    const auto between = old.substr(end - at.whole.begin, span.begin - end);
    const auto field = old.substr(span.begin - at.whole.begin, span.end - span.begin);
    const auto other = std::find_if(replaced.begin(), replaced.end(),
                                    [&](const auto& r) { return r.first == span; });
    result += kept_gap(before, between, result);
    result += other == replaced.end() ? field : other->second;
    before += between + field;
    end = span.end;
  }
  result += kept_gap(before, gap, result);
  return result.substr(start.size());
}

// Of a list of networks, those that a record of this address can become: a network of the
// other family would admit what the record did not.
std::vector<std::string> networks_for(const HbaAddress& address, const std::string& list) {
  std::vector<std::string> result;
  std::istringstream words(list);
  for (std::string word; words >> word;) {
    const bool numeric = addresses_named(word).has_value();
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

// Of a report's business is neither the end of the line nor the gap before its comment.
std::string shown_edit(ConfigKind kind, std::string text, int version_num) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return starred(kind, text, version_num);
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

// The record's text with its fields replaced; several networks make several records. A comment
// stands behind the last.
std::string HbaEdits::record_text(const Cluster& model, std::size_t record, const ConfigFile& file,
                                  const std::string& gap) const {
  const auto& r = model.hba.records[record];
  const auto& whole = r.at.whole;
  const auto old = file.text.substr(whole.begin, whole.end - whole.begin);
  FieldTexts replaced;
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
  if (networks.empty()) return "# " + old + gap;
  const auto start = line_start(file, whole.begin);
  std::string result;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    auto fields = replaced;
    if (address) fields.emplace_back(*address, networks[i]);
    if (i > 0) result += line_end(file, whole.end) + start;
    result += with_fields(start, old, r.at, fields, i + 1 == networks.size() ? gap : "");
  }
  return result;
}

// The line in the columns of the nearest record that has as many fields.
std::string HbaEdits::inserted_text(const Cluster& model, const InsertRecord& insert,
                                    const ConfigFile& file) const {
  const auto& records = model.hba.records;
  const bool local = insert.line.starts_with("local");
  const HbaPlace* neighbour = nullptr;
  std::size_t nearest = records.size();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto& at = records[i].at;
    if (at.file != file.path || at.whole.end == at.whole.begin) continue;
    const auto distance = i < insert.before ? insert.before - i : i - insert.before;
    const bool continued = file.text.find('\n', at.whole.begin) < at.whole.end;
    const bool alike = (records[i].type == ConnectionType::local) == local;
    if (continued || !alike || distance >= nearest) continue;
    nearest = distance;
    neighbour = &at;
  }
  return neighbour == nullptr ? insert.line
                              : in_columns_of(words_of(file, *neighbour), insert.line);
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
    const auto begin = at.whole.begin - line_start(*file, at.whole.begin).size();
    const auto text = inserted_text(model, insert, *file) + line_end(*file, at.whole.end);
    result.push_back({ConfigKind::hba, file->path, {begin, begin}, text});
  }
  for (const auto record : edited) {
    const auto [file, at] = place(record);
    if (file == nullptr) continue;
    const auto gap = gap_before_comment(*file, at.whole.end);
    const Span span{at.whole.begin, at.whole.end + gap.size()};
    const auto old = file->text.substr(span.begin, span.end - span.begin);
    const bool off = std::find(disabled_.begin(), disabled_.end(), record) != disabled_.end();
    const auto text = off ? commented_out(old) : record_text(model, record, *file, gap);
    if (text != old) result.push_back({ConfigKind::hba, file->path, span, text});
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
    edits.push_back({file.path,
                     static_cast<std::size_t>(1 + std::count(file.text.begin(), begin, '\n')),
                     shown_edit(file.kind, before, model.version_num),
                     shown_edit(file.kind, change.text, model.version_num)});
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
