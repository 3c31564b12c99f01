#include "sources/found_sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "input/documents/document.hpp"
#include "input/platforms/platform.hpp"
#include "input/sql/parser.hpp"
#include "text/display.hpp"
#include "text/files.hpp"
#include "text/folder.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

void take(std::string& slot, const std::string& path, const char* option) {
  if (!slot.empty()) {
    fail_usage(
        fmt::format("{} is given twice: `{}` and `{}`", option, displayed(slot), displayed(path)));
  }
  slot = path;
}

std::string folder_of(const std::string& path) {
  return fs::path(path).parent_path().generic_string();
}

std::string normal(const std::string& path) {
  return fs::path(path).lexically_normal().generic_string();
}

std::string shown_folder(const std::string& folder) { return folder.empty() ? "." : folder; }

bool looks_like_json(const std::string& path) {
  const auto text = read_file(path);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

// "pg_hba.conf, ... and snapshots, and documents of docker compose, ..."
std::string all_known() {
  std::vector<std::string> names;
  for (const auto& platform : platforms()) names.emplace_back(platform.called);
  return fmt::format("{}, and documents of {}", known_documents(), listed(names, names.size()));
}

[[noreturn]] void fail_unknown(const std::string& path) {
  fail_usage(
      fmt::format("{} is nothing that pgleast knows: it knows {}; say what it is with --hba, "
                  "--conf, ...",
                  displayed(path), all_known()));
}

// --- What is there ------------------------------------------------------------------------------

struct Document {
  std::string path;
  DocumentKind kind;
};

class Looking {
 public:
  void walk(const std::string& root) {
    const auto walked = walk_folder(root, [&](const std::string& path) {
      const auto kind = kind_of_file(path, Found::in_folder);
      if (!kind) return;
      if (kind == DocumentKind::manifest) return take_manifest(path);
      ++counts_[*kind];
      documents_.push_back({path, *kind});
    });
    files_ += walked.files;
    problems_.insert(problems_.end(), walked.problems.begin(), walked.problems.end());
    passed_over_.insert(passed_over_.end(), walked.passed_over.begin(), walked.passed_over.end());
  }

  void take_manifest(const std::string& path) {
    auto file = disk_files().read(path);
    if (!file.text) {
      problems_.push_back({path, std::nullopt, "cannot be read: " + file.why, ""});
      return;
    }
    const auto before = problems_.size();
    manifests_.push_back(read_manifest(normal(path), std::move(*file.text), problems_));
    const auto& text = manifests_.back().text;
    const bool filled_in =
        text.find("{{") != std::string::npos || text.find("{%") != std::string::npos;
    if (problems_.size() == before || !filled_in) return;
    // What is filled in later need be no YAML before.
    templates_.insert(normal(path));
    problems_.resize(before);
  }
  /// What stands for a server; its parts are no documents of their own any more.
  std::vector<DeclaredServer> take_servers() {
    if (manifests_.empty()) return {};
    const Repository repository{std::move(manifests_), disk_files()};
    auto found = declared_servers(repository);
    platforms_ = std::move(found.documents);
    std::set<std::string> parts;
    for (const auto& server : found.servers) {
      parts.insert(server.mentioned.begin(), server.mentioned.end());
      known_.insert(server.path);
    }
    std::erase_if(documents_, [&](const Document& d) { return parts.contains(normal(d.path)); });
    known_.merge(parts);
    return std::move(found.servers);
  }
  /// Throws Error: a document that was named stands for no server.
  void need_server_of(const std::string& path) const {
    if (known_.contains(normal(path))) return;
    for (const auto& problem : problems_) {
      if (problem.file == normal(path)) throw Error(Fault::unreadable, problem);
    }
    if (templates_.contains(normal(path))) {
      fail(path, "is a template and no YAML: give what it is rendered to");
    }
    fail_unknown(path);
  }

  const std::vector<Document>& documents() const { return documents_; }
  const std::vector<std::string>& passed_over() const { return passed_over_; }
  std::vector<Diagnostic> problems() const { return problems_; }

  std::string line(const std::vector<std::string>& tools) const {
    std::string text = fmt::format("looked at {}", counted(files_, "file"));
    std::string kinds;
    for (const auto& row : document_kinds()) {
      const auto found = counts_.find(row.kind);
      if (found == counts_.end()) continue;
      const bool sql = row.kind == DocumentKind::sql || row.kind == DocumentKind::snapshot;
      kinds += kinds.empty() ? ": " : ", ";
      kinds += sql ? counted(found->second, row.called)
                   : fmt::format("{} {}", found->second, row.called);
      if (row.kind == DocumentKind::sql && !tools.empty()) {
        kinds += fmt::format(" ({})", listed(tools));
      }
    }
    for (const auto& [platform, count] : platforms_) {
      kinds += fmt::format("{}{} of {}", kinds.empty() ? ": " : ", ", counted(count, "document"),
                           platform);
    }
    text += kinds.empty() ? ": none is known" : kinds;
    std::vector<std::string> passed;
    const auto foreign = counts_.find(DocumentKind::foreign_sql);
    if (foreign != counts_.end()) {
      passed.push_back(counted(foreign->second, "SQL script") + " for other servers or programs");
    }
    if (!templates_.empty()) {
      passed.push_back(counted(templates_.size(), "template") + " of documents");
    }
    return passed.empty() ? text : text + "; passed over: " + listed(passed);
  }

 private:
  std::size_t files_ = 0;
  std::map<DocumentKind, std::size_t> counts_;
  std::vector<Document> documents_;
  std::vector<std::string> passed_over_;
  std::vector<Diagnostic> problems_;
  std::vector<Manifest> manifests_;
  std::set<std::string> templates_;  // that are no YAML
  std::set<std::string> known_;      // documents of servers, and their parts
  std::map<std::string, std::size_t> platforms_;
};

// --- Which of them belong together --------------------------------------------------------------

// What `include` in configuration files names: files, and folders with a slash at the end.
std::set<std::string> included_files(const std::vector<Document>& documents) {
  std::set<std::string> result;
  for (const auto& document : documents) {
    const bool config = document.kind == DocumentKind::hba ||
                        document.kind == DocumentKind::ident || document.kind == DocumentKind::conf;
    if (!config) continue;
    const auto text = disk_files().read(document.path).text.value_or("");
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = std::min(text.find('\n', begin), text.size());
      auto line = std::string_view(text).substr(begin, end - begin);
      begin = end + 1;
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (!line.starts_with("include")) continue;
      const bool folder = line.starts_with("include_dir");
      line.remove_prefix(std::min(line.find_first_of(" \t='"), line.size()));
      line.remove_prefix(std::min(line.find_first_not_of(" \t='\""), line.size()));
      const auto path = std::string(line.substr(0, line.find_first_of(" \t'\"\r#")));
      if (path.empty()) continue;
      result.insert(normal(beside(document.path, path)) + (folder ? "/" : ""));
    }
  }
  return result;
}

bool is_config(DocumentKind kind) {
  return kind == DocumentKind::hba || kind == DocumentKind::ident || kind == DocumentKind::conf ||
         kind == DocumentKind::pgbouncer;
}

// Whether PostgreSQL takes anything of a script, whatever server it reads like.
bool may_run(const std::string& path) {
  const auto file = disk_files().read(path);
  if (!file.text) return true;
  PsqlScript script(*file.text);
  while (const auto item = script.next()) {
    if (item->kind == PsqlItem::Kind::command || !sql_syntax_error(*file.text, *item)) return true;
  }
  return false;
}

// Whether a script stands among those of a set: in a folder of theirs or, where each has its own,
// in one beside it.
bool is_among(const std::string& path, const ScriptSet& set) {
  const auto folder = folder_of(path);
  if (folder == set.folder) return true;
  return std::any_of(set.scripts.begin(), set.scripts.end(), [&](const Script& script) {
    const auto its = folder_of(script.path);
    return folder == its || (its != set.folder && folder_of(folder) == folder_of(its));
  });
}

class Grouping {
 public:
  explicit Grouping(const SourceOptions& given) : given_(given) {}

  void add_servers(std::vector<DeclaredServer> servers) {
    for (auto& server : servers) {
      auto& options = group(server.name);
      for (const auto& [path, within, before] : server.scripts) {
        options.scripts.push_back({path, ScriptPart::whole, within, before});
      }
      options.not_followed = server.not_followed;
      options.poolers = server.poolers;
      options.declared = std::move(server);
    }
  }

  void add_configuration(const std::vector<Document>& documents) {
    const auto included = included_files(documents);
    // Of several of a kind in one folder that of the usual name is the folder's.
    for (const bool usual : {true, false}) {
      for (const auto& document : documents) {
        const auto name = fs::path(document.path).filename().string();
        const auto* row = row_of(document.kind);
        if (row == nullptr || !is_config(document.kind)) continue;
        if ((name == row->called) != usual) continue;
        const bool pulled_in = included.contains(normal(document.path)) ||
                               included.contains(folder_of(normal(document.path)) + '/');
        if (!pulled_in) add(document);
      }
    }
    for (const auto& document : documents) {
      if (document.kind == DocumentKind::snapshot) group(document.path).snapshot = document.path;
    }
  }

  void add_scripts(const std::vector<Document>& documents,
                   const std::vector<std::string>& passed_over) {
    std::vector<std::string> paths;
    for (const auto& document : documents) {
      if (document.kind == DocumentKind::sql) paths.push_back(document.path);
    }
    auto sets = script_sets(paths, disk_files());
    // One word makes it another server's, and what else is in it is run all the same.
    for (auto& set : sets) {
      for (const auto& document : documents) {
        if (document.kind != DocumentKind::foreign_sql || set.scripts.empty()) continue;
        if (!is_among(document.path, set) || !may_run(document.path)) continue;
        set.not_followed.push_back(document.path + ": reads like a script for another server");
      }
      for (const auto& path : passed_over) {
        const bool folder = path.ends_with('/');
        const auto at = folder ? path.substr(0, path.size() - 1) : path;
        // What lies in a folder below is another set's where no tool runs them.
        if (set.scripts.empty() || (folder && set.tool.empty()) || !is_among(at, set)) continue;
        set.not_followed.push_back(path + ": is passed over, though a tool may run it");
      }
    }
    std::map<std::string, std::size_t> below;  // a folder with configuration: sets that it is above
    for (const auto& set : sets) ++below[configured_above(set.folder)];
    for (const auto& set : sets) {
      if (set.scripts.empty() && set.not_followed.empty()) continue;
      const auto above = configured_above(set.folder);
      const bool belongs = !above.empty() && below[above] == 1;
      auto name = belongs ? above : shown_folder(set.folder);
      if (groups_.contains(name) && groups_.at(name).has_scripts()) {
        name += fmt::format(" ({})", set.tool.empty() ? "other scripts" : set.tool);
      }
      take_scripts(group(name), set);
      if (!set.tool.empty())
        tools_.push_back(fmt::format("{} in {}", set.tool, shown_folder(set.folder)));
    }
  }

  static void take_scripts(SourceOptions& options, const ScriptSet& set) {
    options.scripts.insert(options.scripts.end(), set.scripts.begin(), set.scripts.end());
    options.not_followed.insert(options.not_followed.end(), set.not_followed.begin(),
                                set.not_followed.end());
    if (!set.prelude.empty()) options.prelude = set.prelude;
    const auto note = [&](std::string why) { options.notes.push_back({std::move(why), ""}); };
    if (!set.order_note.empty()) {
      note(fmt::format("{}: {}", displayed(shown_folder(set.folder)), set.order_note));
    }
    if (!set.not_run.empty()) {
      const auto who = set.tool.empty() ? ", for their names lead back" : " by " + set.tool;
      note(fmt::format("{}: not run{}: {}", displayed(shown_folder(set.folder)), who,
                       listed(displayed_all(set.not_run))));
    }
  }

  bool is_empty() const { return groups_.empty(); }
  std::vector<NamedSources> take() {
    std::vector<NamedSources> result;
    for (auto& [name, options] : groups_) result.push_back({name, std::move(options)});
    return result;
  }
  const std::vector<std::string>& tools() const { return tools_; }

 private:
  static std::vector<std::string> displayed_all(const std::vector<std::string>& paths) {
    std::vector<std::string> result;
    for (const auto& path : paths) result.push_back(displayed(path));
    return result;
  }

  SourceOptions& group(const std::string& name) {
    const auto [at, fresh] = groups_.try_emplace(name);
    if (fresh) {
      at->second.server_version = given_.server_version;
      at->second.assume = given_.assume;
      at->second.of_folder = true;
    }
    return at->second;
  }

  static std::string* slot(SourceOptions& options, DocumentKind kind) {
    if (kind == DocumentKind::hba) return &options.hba;
    if (kind == DocumentKind::ident) return &options.ident;
    return kind == DocumentKind::conf ? &options.conf : nullptr;
  }

  void add(const Document& document) {
    const auto folder = shown_folder(folder_of(document.path));
    configured_.insert(folder);
    auto& options = group(folder);
    auto* const at = slot(options, document.kind);
    if (at == nullptr) {
      options.poolers.push_back(document.path);
    } else if (at->empty()) {
      *at = document.path;
    } else {
      *slot(group(document.path), document.kind) = document.path;
    }
  }

  // The nearest folder that has configuration; empty: none.
  std::string configured_above(std::string folder) const {
    while (true) {
      if (configured_.contains(shown_folder(folder))) return shown_folder(folder);
      if (folder.empty() || folder == "/") return "";
      folder = folder_of(folder);
    }
  }

  const SourceOptions& given_;
  std::map<std::string, SourceOptions> groups_;
  std::set<std::string> configured_;
  std::vector<std::string> tools_;
};

// --- What is named ------------------------------------------------------------------------------

bool is_manifest_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) &&
         kind_of_file(path, Found::named) == DocumentKind::manifest;
}

void take_file(SourceOptions& options, std::vector<std::string>& scripts, const std::string& path) {
  std::error_code ignored;
  // A pipe can be read once: what is in it is seen when it is read.
  if (!fs::is_regular_file(path, ignored)) {
    if (fs::path(path).extension() == ".sql") return options.scripts.push_back({path});
    return take(options.snapshot, path, "--snapshot");
  }
  const auto kind = kind_of_file(path, Found::named);
  if (!kind && !looks_like_json(path)) fail_unknown(path);
  switch (kind.value_or(DocumentKind::snapshot)) {
    case DocumentKind::hba:
      return take(options.hba, path, "--hba");
    case DocumentKind::ident:
      return take(options.ident, path, "--ident");
    case DocumentKind::conf:
      return take(options.conf, path, "--conf");
    case DocumentKind::pgbouncer:
      return options.poolers.push_back(path);
    case DocumentKind::sql:
      return scripts.push_back(path);
    case DocumentKind::snapshot:
      return take(options.snapshot, path, "--snapshot");
    case DocumentKind::userlist:
    case DocumentKind::manifest:
    case DocumentKind::foreign_sql:
      return;
  }
}

// Scripts of a tool run in its order, whatever the shell's was.
void take_named_scripts(SourceOptions& options, const std::vector<std::string>& paths) {
  const auto before = options.scripts.size();
  for (const auto& set : script_sets(paths, disk_files(), true)) {
    Grouping::take_scripts(options, set);
  }
  std::vector<std::string> run;
  for (auto i = before; i < options.scripts.size(); ++i) run.push_back(options.scripts[i].path);
  if (run.empty() || run == paths) return;
  options.notes.push_back(
      {fmt::format("scripts are run in the order of their tool, {} first", displayed(run.front())),
       "give them by --sql to run them in yours"});
}

// Both say something of the same kind.
bool contradict(const SourceOptions& a, const SourceOptions& b) {
  const auto both = [](const std::string& x, const std::string& y) {
    return !x.empty() && !y.empty();
  };
  return both(a.hba, b.hba) || both(a.ident, b.ident) || both(a.conf, b.conf) ||
         both(a.snapshot, b.snapshot) || (a.declared && b.declared);
}

void merge(SourceOptions& into, const SourceOptions& from) {
  const auto fill = [](std::string& to, const std::string& value, const char* option) {
    if (!value.empty()) take(to, value, option);
  };
  fill(into.hba, from.hba, "--hba");
  fill(into.ident, from.ident, "--ident");
  fill(into.conf, from.conf, "--conf");
  fill(into.snapshot, from.snapshot, "--snapshot");
  const auto append = [](auto& to, const auto& more) {
    to.insert(to.end(), more.begin(), more.end());
  };
  append(into.poolers, from.poolers);
  if (!into.declared) into.declared = from.declared;
  if (into.assume.empty()) into.assume = from.assume;
  append(into.scripts, from.scripts);
  append(into.not_followed, from.not_followed);
  append(into.notes, from.notes);
  if (into.prelude.empty()) into.prelude = from.prelude;
  into.of_folder = into.of_folder || from.of_folder;
}

// Folders that are named together and say different things are of one cluster.
bool may_be_one(const std::vector<NamedSources>& clusters) {
  std::size_t with_scripts = 0;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    with_scripts += clusters[i].options.has_scripts() ? 1 : 0;
    for (std::size_t j = i + 1; j < clusters.size(); ++j) {
      if (contradict(clusters[i].options, clusters[j].options)) return false;
    }
  }
  return with_scripts < 2;
}

std::vector<std::string> names_of(const std::vector<NamedSources>& clusters) {
  std::vector<std::string> names;
  for (const auto& cluster : clusters)
    names.push_back(fmt::format("`{}`", displayed(cluster.name)));
  return names;
}

void keep_asked_for(std::vector<NamedSources>& clusters, const std::string& name) {
  if (name.empty()) return;
  const auto all = names_of(clusters);
  std::erase_if(clusters, [&](const NamedSources& c) { return c.name != name; });
  if (!clusters.empty()) return;
  fail_usage(fmt::format("--cluster: there is no `{}` among {}", displayed(name), listed(all, 20)));
}

// A folder given to --sql is run in the order of its tool.
void take_script_folders(SourceOptions& options) {
  std::error_code ignored;
  const auto given = std::exchange(options.sql, {});
  const bool any = std::any_of(given.begin(), given.end(), [&](const std::string& path) {
    return fs::is_directory(path, ignored);
  });
  for (const auto& path : given) {
    if (!any) {
      options.sql.push_back(path);
    } else if (!fs::is_directory(path, ignored)) {
      options.scripts.push_back({path});
    } else {
      std::vector<std::string> scripts;
      walk_folder(path, [&](const std::string& file) {
        if (kind_of_file(file, Found::in_folder) == DocumentKind::sql) scripts.push_back(file);
      });
      const auto sets = script_sets(scripts, disk_files());
      if (sets.size() != 1) {
        fail_usage(fmt::format("--sql: {} holds {} of scripts: name one of them", displayed(path),
                               counted(sets.size(), "folder")));
      }
      Grouping::take_scripts(options, sets.front());
    }
  }
}

}  // namespace

FoundSources find_sources(const SourceOptions& given, NothingFound nothing) {
  FoundSources result;
  auto named = given;
  named.paths.clear();
  take_script_folders(named);
  Looking looking;
  std::vector<std::string> scripts, folders, documents;
  for (const auto& path : given.paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      folders.push_back(path);
      looking.walk(path);
    } else if (is_manifest_file(path)) {
      documents.push_back(path);
      looking.take_manifest(path);
    } else {
      take_file(named, scripts, path);
    }
  }
  Grouping grouping(given);
  grouping.add_servers(looking.take_servers());
  for (const auto& path : documents) looking.need_server_of(path);
  grouping.add_configuration(looking.documents());
  grouping.add_scripts(looking.documents(), looking.passed_over());
  // Each cluster has its own copy of what is assumed.
  if (!grouping.is_empty()) named.assume.clear();
  result.clusters = grouping.take();
  result.problems = looking.problems();
  if (!folders.empty()) {
    result.looked = looking.line(grouping.tools());
    if (result.clusters.empty()) {
      if (nothing == NothingFound::allowed && named.is_empty()) return result;
      if (!result.problems.empty()) throw Error(Fault::unreadable, result.problems.front());
      fail_usage(fmt::format("{}: {}; pgleast knows {}", displayed(folders.front()), result.looked,
                             all_known()));
    }
  }
  keep_asked_for(result.clusters, given.cluster);
  const bool several_paths = given.paths.size() > 1;
  if (result.clusters.size() > 1 && several_paths && may_be_one(result.clusters)) {
    auto whole = std::move(result.clusters.front());
    for (std::size_t i = 1; i < result.clusters.size(); ++i) {
      merge(whole.options, result.clusters[i].options);
    }
    result.clusters = {std::move(whole)};
  }
  take_named_scripts(named, scripts);
  if (result.clusters.empty()) {
    result.clusters.push_back({"", std::move(named)});
  } else if (result.clusters.size() == 1) {
    // What is named is run before and beside what the folder holds.
    merge(named, result.clusters.front().options);
    result.clusters.front().options = std::move(named);
  } else if (!named.is_empty()) {
    fail_usage(
        fmt::format("the folders describe several clusters, and it is not known which one the "
                    "other sources are of: pick one with --cluster: {}",
                    listed(names_of(result.clusters), 20)));
  }
  return result;
}

const NamedSources& only_cluster(const FoundSources& found) {
  if (found.clusters.size() == 1) return found.clusters.front();
  fail_usage(fmt::format("the paths describe several clusters: pick one with --cluster: {}",
                         listed(names_of(found.clusters), 20)));
}

}  // namespace pgleast
