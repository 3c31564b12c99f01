#include "sources/declared_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/replay/assuming_replay.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/hba.hpp"
#include "pg/secret_name.hpp"
#include "pg/secret_text.hpp"
#include "text/contained_files.hpp"
#include "text/display.hpp"
#include "text/files.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

// `POSTGRES_PASSWORD: secret`, `- POSTGRES_PASSWORD=secret` and the like: the rest of the line.
void star_named_secrets(std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    for (auto i = at; i < end; ++i) {
      if ((text[i] != ':' && text[i] != '=') || i == at) continue;
      auto begin = i;
      while (begin > at && (text[begin - 1] == ' ' || text[begin - 1] == '"')) --begin;
      const auto last = begin;
      while (begin > at && is_name_char(text[begin - 1])) --begin;
      const auto name = std::string_view(text).substr(begin, last - begin);
      if (!names_secret(name) && !is_secret_option(name)) continue;
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                text.begin() + static_cast<std::ptrdiff_t>(end), '*');
      break;
    }
    at = end + 1;
  }
}

void star(std::string& text, std::size_t begin, std::size_t end) {
  if (begin >= end) return;
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
            text.begin() + static_cast<std::ptrdiff_t>(end), '*');
}

// What stands between a name and a value that belong together: no other item.
bool is_one_item(std::string_view between, std::string_view name_key) {
  return between.find(name_key) == std::string_view::npos &&
         between.find('{') == std::string_view::npos &&
         std::count(between.begin(), between.end(), '\n') <= 1;
}

// `name: POSTGRES_PASSWORD` and, after it or before it, `value: secret`. `colon`: also `":`.
void star_values_of_names(std::string& text, const std::string& colon) {
  constexpr std::size_t near = 400;
  const auto name_key = "name" + colon, value_key = "value" + colon;
  const auto npos = std::string::npos;
  for (auto at = text.find(name_key); at != npos; at = text.find(name_key, at + 1)) {
    const auto begin = text.find_first_not_of(" \"'", at + name_key.size());
    if (begin == npos) return;
    auto end = begin;
    while (end < text.size() && is_name_char(text[end])) ++end;
    if (!names_secret(std::string_view(text).substr(begin, end - begin))) continue;
    const auto after = std::string_view(text).substr(end, near).find(value_key);
    if (after != npos && is_one_item(std::string_view(text).substr(end, after), name_key)) {
      const auto value = end + after + value_key.size();
      star(text, value, std::min(text.find_first_of("}\n", value), text.size()));
    }
    const auto window = at > near ? at - near : 0;
    const auto before = std::string_view(text).substr(window, at - window).rfind(value_key);
    if (before == npos) continue;
    const auto value = window + before + value_key.size();
    if (is_one_item(std::string_view(text).substr(value, at - value), name_key)) {
      star(text, value, std::min(text.find_first_of(",\n", value), at));
    }
  }
}

// `password:` and in the next line `value: secret`.
void star_values_of_keys(std::string& text) {
  constexpr std::string_view value_key = "value:";
  for (auto at = text.find(value_key); at != std::string::npos; at = text.find(value_key, at + 1)) {
    auto begin = at;
    while (begin > 0 && text[begin - 1] == ' ') --begin;
    if (begin < 2 || text[begin - 1] != '\n') continue;
    auto last = text.find_last_not_of(" \r", begin - 2);
    if (last == std::string::npos || text[last] != ':') continue;
    auto first = last;
    while (first > 0 && is_name_char(text[first - 1])) --first;
    if (!names_secret(std::string_view(text).substr(first, last - first))) continue;
    star(text, at + value_key.size(), std::min(text.find('\n', at), text.size()));
  }
}

std::string starred_document(std::string_view text) {
  std::string result(text);
  for (const auto& [begin, end] : secrets_in(text)) {
    std::fill(result.begin() + static_cast<std::ptrdiff_t>(begin),
              result.begin() + static_cast<std::ptrdiff_t>(end), '*');
  }
  star_values_of_names(result, ":");
  star_values_of_names(result, "\":");
  star_values_of_keys(result);
  star_named_secrets(result);
  return result;
}

// The file of a text, for excerpts; each once.
std::uint32_t said_file(Cluster& cluster, const Source& document) {
  auto& files = cluster.said.files;
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const SaidFile& f) { return f.name == document.name(); });
  if (found != files.end()) return static_cast<std::uint32_t>(found - files.begin());
  files.push_back({document.name(), starred_document(document.text())});
  return static_cast<std::uint32_t>(files.size() - 1);
}

// Lines of several places, read as one file.
class Composed {
 public:
  Composed(std::string path, const std::vector<DeclaredLine>& lines) : path_(std::move(path)) {
    for (const auto& line : lines) add(line);
  }

  void add(const DeclaredLine& line) {
    lines_.push_back(&line);
    starts_.push_back(text_.size());
    for (const char c : line.text) text_ += c == '\n' || c == '\r' ? ' ' : c;
    text_ += '\n';
  }
  /// Before the others, of no place.
  void begin_with(const std::string& line) {
    for (auto& start : starts_) start += line.size() + 1;
    text_ = line + '\n' + text_;
    starts_.insert(starts_.begin(), 0);
    lines_.insert(lines_.begin(), nullptr);
  }

  const std::string& path() const { return path_; }
  /// This text under its path, and files of the repository.
  FileReader files() const {
    auto files = contained(disk_files(), path_);
    files.read = [path = path_, text = text_, disk = files.read](const std::string& wanted) {
      if (wanted == path) return FileText{text, "", false, false};
      if (wanted.ends_with("postgresql.auto.conf")) return FileText{std::nullopt, "", true, false};
      return disk(wanted);
    };
    return files;
  }

  /// None: not of this text, or of no document.
  const DeclaredLine* line_of(const std::string& file, std::uint32_t line) const {
    return file == path_ && line > 0 && line <= lines_.size() ? lines_[line - 1] : nullptr;
  }
  std::size_t start_of(std::uint32_t line) const { return starts_[line - 1]; }

 private:
  std::string path_, text_;
  std::vector<const DeclaredLine*> lines_;
  std::vector<std::size_t> starts_;
};

Position position_of(const DeclaredLine& line) { return line.document->position(line.at); }

std::size_t end_of_word(const DeclaredLine& line) {
  const auto text = line.document->text();
  const auto end = std::min(text.find_first_of(" \t\r\n,:=]}", line.at), text.size());
  return std::max(end, std::min(line.at + 1, text.size()));
}

// Where its bytes are those of the document so are its places; else all of them are where the
// document says it.
void move_span(Span& span, const DeclaredLine& line, std::size_t start) {
  if (span.end <= span.begin) return;
  if (!line.is_verbatim) {
    span = {line.at, end_of_word(line)};
    return;
  }
  span.begin = span.begin - start + line.at;
  span.end = span.end - start + line.at;
}

template <typename Place, typename... Spans>
void move_place(const Composed& composed, Place& place, Spans Place::*... spans) {
  const auto* const line = composed.line_of(place.file, place.line);
  if (line == nullptr) return;
  const auto start = composed.start_of(place.line);
  (move_span(place.*spans, *line, start), ...);
  place.file = line->document->name();
  place.line = static_cast<std::uint32_t>(position_of(*line).line);
}

void move_diagnostic(const Composed& composed, Diagnostic& diagnostic) {
  if (!diagnostic.at) return;
  const auto number = static_cast<std::uint32_t>(diagnostic.at->line);
  const auto* const line = composed.line_of(diagnostic.file, number);
  if (line == nullptr) return;
  const Span span{line->at, end_of_word(*line)};
  diagnostic = make_diagnostic(*line->document, span, diagnostic.message);
  diagnostic.excerpt = starred_document(diagnostic.excerpt);
}

void move_problem(const Composed& composed, HbaProblem& problem) {
  const auto* const line = composed.line_of(problem.file, problem.line);
  move_diagnostic(composed, problem.diagnostic);
  if (line == nullptr) return;
  problem.file = line->document->name();
  problem.line = static_cast<std::uint32_t>(position_of(*line).line);
}

void keep(Cluster& cluster, const Composed& composed, std::vector<ConfigFile>& read) {
  for (auto& file : read) {
    if (file.path != composed.path()) cluster.files.push_back(std::move(file));
  }
}

void say_documents(Cluster& cluster, const std::vector<DeclaredLine>& lines) {
  for (const auto& line : lines) said_file(cluster, *line.document);
}

// Of some settings alone the value is not known.
void hide_settings(const DeclaredServer& server, Cluster& cluster) {
  if (server.hidden_settings.empty()) return;
  std::erase_if(cluster.settings,
                [&](const Setting& s) { return server.hidden_settings.contains(s.name); });
  cluster.hidden_settings = {displayed(server.hidden_settings.begin()->second),
                             "render the document, or say the value in it"};
}

// A setting that a document says twice, or the platform and then the document: the last counts.
void read_settings(const DeclaredServer& server, Cluster& cluster) {
  Composed composed(server.path, server.conf);
  if (!server.conf_file.empty()) {
    const auto folder = fs::path(server.path).parent_path();
    composed.begin_with(
        fmt::format("include '{}'", fs::path(server.conf_file)
                                        .lexically_relative(folder.empty() ? "." : folder)
                                        .generic_string()));
  }
  std::vector<ConfigFile> read;
  const auto conf = read_conf(composed.path(), composed.files(), cluster.version_num, read);
  keep(cluster, composed, read);
  cluster.settings = settings_of(conf, cluster.version_num);
  cluster.setting_problems = setting_problems(conf);
  cluster.unseen.erase(Fact::settings);
  hide_settings(server, cluster);
  for (auto& setting : cluster.settings) {
    const auto* line = composed.line_of(setting.file, setting.line);
    const bool is_said = !setting.file.empty();
    if (!is_said && server.settings_at.document != nullptr) line = &server.settings_at;
    if (line == nullptr) continue;
    setting.file = line->document->name();
    setting.line = static_cast<std::uint32_t>(position_of(*line).line);
    if (!line->added_by.empty()) setting.source = line->added_by;
  }
  for (auto& problem : cluster.setting_problems) {
    const auto* const line = composed.line_of(problem.file, problem.line);
    if (line == nullptr) continue;
    problem.file = line->document->name();
    problem.line = static_cast<std::uint32_t>(position_of(*line).line);
  }
  if (conf.starts()) return;
  auto problems = conf.diagnostics();
  if (problems.empty()) return;
  move_diagnostic(composed, problems.front());
  const auto& first = problems.front();
  cluster.unseen[Fact::settings] = {
      fmt::format("{} does not load: {}:{}: {}", displayed(server.name), displayed(first.file),
                  first.at ? first.at->line : 0, first.message),
      "correct it"};
}

HbaSettings settings_for_hba(const Cluster& cluster) {
  return cluster.seen(Fact::settings) ? hba_settings(cluster.settings) : HbaSettings{};
}

// Those before the first that a template fills in: what comes after it may not be reached.
std::vector<DeclaredLine> known_records(const DeclaredServer& server) {
  auto lines = server.hba;
  if (server.unknown_hba.empty()) return lines;
  lines.erase(std::find_if(lines.begin(), lines.end(),
                           [](const DeclaredLine& line) { return is_template(line.text); }),
              lines.end());
  return lines;
}

void read_records(const DeclaredServer& server, Cluster& cluster) {
  std::vector<ConfigFile> read;
  if (!server.hba_file.empty()) {
    cluster.hba = read_hba(server.hba_file, contained(disk_files(), server.hba_file),
                           cluster.version_num, read, settings_for_hba(cluster));
    cluster.files.insert(cluster.files.end(), read.begin(), read.end());
  } else {
    const auto lines = known_records(server);
    if (lines.empty()) return;
    const Composed composed(server.path, lines);
    cluster.hba = read_hba(composed.path(), composed.files(), cluster.version_num, read,
                           settings_for_hba(cluster));
    keep(cluster, composed, read);
    for (auto& record : cluster.hba.records) {
      const auto* const line = composed.line_of(record.at.file, record.at.line);
      if (line != nullptr) record.at.added_by = line->added_by;
      move_place(composed, record.at, &HbaPlace::whole, &HbaPlace::type, &HbaPlace::database,
                 &HbaPlace::user, &HbaPlace::address, &HbaPlace::method, &HbaPlace::options);
    }
    for (auto& problem : cluster.hba.problems) move_problem(composed, problem);
    say_documents(cluster, lines);
  }
  cluster.unseen.erase(Fact::hba);
}

void read_mappings(const DeclaredServer& server, Cluster& cluster) {
  std::vector<ConfigFile> read;
  if (!server.ident_file.empty()) {
    cluster.ident = read_ident(server.ident_file, contained(disk_files(), server.ident_file),
                               cluster.version_num, read);
    cluster.files.insert(cluster.files.end(), read.begin(), read.end());
  } else {
    const Composed composed(server.path, server.ident);
    cluster.ident = read_ident(composed.path(), composed.files(), cluster.version_num, read);
    keep(cluster, composed, read);
    for (auto& record : cluster.ident.records) {
      const auto* const line = composed.line_of(record.at.file, record.at.line);
      if (line == nullptr) continue;
      record.at.file = line->document->name();
      record.at.line = static_cast<std::uint32_t>(position_of(*line).line);
    }
    for (auto& problem : cluster.ident.problems) move_problem(composed, problem);
    say_documents(cluster, server.ident);
  }
  cluster.unseen.erase(Fact::ident);
}

void admit(Cluster& cluster, Fact fact, const std::vector<std::string>& unknown) {
  if (unknown.empty()) return;
  cluster.unseen[fact] = {fmt::format("not known: {}", displayed(unknown.front())),
                          "render the document, or say the value in it"};
}

void name_superuser(const DeclaredServer& server, Cluster& cluster) {
  const auto& line = server.superuser;
  if (line.document == nullptr) return;
  const auto id = bootstrap_superuser(cluster);
  cluster.roles[index(id)].name = line.text;
  const auto at = position_of(line);
  cluster.said.add({{Said::role, static_cast<std::uint32_t>(index(id))},
                    {},
                    {said_file(cluster, *line.document), static_cast<std::uint32_t>(at.line),
                     static_cast<std::uint32_t>(at.column)}});
}

// The statements of a server as one script; where each begins.
struct DeclaredScript {
  explicit DeclaredScript(const DeclaredServer& server)
      : name(server.path + " (" + server.name + ")") {
    for (const auto& statement : server.statements) {
      lines.push_back(line);
      // psql's own commands end with their line.
      text += statement.text + (statement.text.starts_with('\\') ? "\n" : "\n;\n");
      line = 1 + static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
    }
  }
  /// The statement that begins in that line or before it.
  std::size_t statement_at(std::uint32_t number) const {
    const auto after = std::upper_bound(lines.begin(), lines.end(), number);
    return static_cast<std::size_t>(after - lines.begin()) - 1;
  }

  std::string name, text;
  std::vector<std::uint32_t> lines;
  std::uint32_t line = 1;
};

// What the statements say the document says.
void move_sayings(const DeclaredServer& server, const DeclaredScript& script, Cluster& cluster) {
  const auto& files = cluster.said.files;
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const SaidFile& f) { return f.name == script.name; });
  if (found == files.end()) return;
  const auto number = static_cast<std::uint32_t>(found - files.begin());
  for (auto& saying : cluster.said.facts) {
    auto& at = saying.at;
    if (at.file != number || at.line == 0) continue;
    const auto& statement = server.statements[script.statement_at(at.line)];
    const auto position = position_of(statement);
    at = {said_file(cluster, *statement.document), static_cast<std::uint32_t>(position.line),
          static_cast<std::uint32_t>(position.column)};
  }
}

// The same in words: `NAME:12:3` of the script is a line of the document.
void move_words(const DeclaredServer& server, const DeclaredScript& script, std::string& words) {
  const auto name = displayed(script.name);
  for (auto at = words.find(name); at != std::string::npos; at = words.find(name, at + 1)) {
    auto end = at + name.size();
    std::uint32_t line = 0;
    if (end < words.size() && words[end] == ':') {
      for (++end; end < words.size() && words[end] >= '0' && words[end] <= '9'; ++end) {
        line = line * 10 + static_cast<std::uint32_t>(words[end] - '0');
      }
      if (end < words.size() && words[end] == ':') {
        end = std::min(words.find_first_not_of("0123456789", end + 1), words.size());
      }
    }
    const auto& statement = server.statements[line == 0 ? 0 : script.statement_at(line)];
    const auto file = displayed(statement.document->name());
    words.replace(at, end - at,
                  line == 0 ? file : fmt::format("{}:{}", file, position_of(statement).line));
  }
}

}  // namespace

void read_declared(const DeclaredServer& server, Cluster& cluster) {
  name_superuser(server, cluster);
  read_settings(server, cluster);
  say_documents(cluster, server.conf);
  if (server.settings_at.document != nullptr) said_file(cluster, *server.settings_at.document);
  read_records(server, cluster);
  read_mappings(server, cluster);
  admit(cluster, Fact::settings, server.unknown_conf);
  admit(cluster, Fact::hba, server.unknown_hba);
  for (const auto& note : server.notes) cluster.remarks.push_back({note, ""});
}

void replay_declared(const DeclaredServer& server, Cluster& cluster, Assumptions* assumptions) {
  const DeclaredScript script(server);
  if (!script.text.empty()) {
    const auto beneath = server.may_hold_more ? Beneath::unknown : Beneath::known;
    replay_sql({Source(script.name, script.text)}, cluster, {}, beneath, assumptions);
    move_sayings(server, script, cluster);
    for (auto& remark : cluster.remarks) move_words(server, script, remark.why);
    for (auto& [fact, unseen] : cluster.unseen) move_words(server, script, unseen.why);
  }
  if (!server.database.empty()) cluster.name = server.database;
  for (const auto fact : {Fact::roles, Fact::passwords}) {
    admit(cluster, fact, server.unknown_roles);
  }
}

}  // namespace pgleast
