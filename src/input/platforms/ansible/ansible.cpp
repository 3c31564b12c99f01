#include "input/platforms/ansible/ansible.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <set>
#include <utility>

#include "input/platforms/ansible/roles.hpp"
#include "input/platforms/ansible/run.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

constexpr int deepest = 12;  // tasks that include tasks

bool is_play(const YamlNode& node) { return find_node(node, {"hosts"}) != nullptr; }

bool is_true_condition(const std::string& text) { return text == "true" || text == "True"; }

// Words that are no module.
bool is_keyword_of_task(std::string_view name) {
  return name == "name" || name == "when" || name == "vars" || name == "loop" || name == "tags" ||
         name == "become" || name == "become_user" || name == "notify" || name == "register" ||
         name.starts_with("with_");
}

bool has_module(const YamlNode& tasks, int depth) {
  if (depth > deepest) return false;
  return std::any_of(tasks.items.begin(), tasks.items.end(), [&](const YamlNode& task) {
    return std::any_of(task.entries.begin(), task.entries.end(), [&](const YamlEntry& e) {
      const auto& name = e.first.text;
      if (name == "block" || name == "rescue" || name == "always" || name == "tasks") {
        return has_module(e.second, depth + 1);
      }
      return is_ansible_module(name);
    });
  });
}

class PlayReader {
 public:
  PlayReader(const Repository& repository, std::string name, const std::string& path)
      : repository_(repository), run_(std::move(name), path, repository), path_(path) {}

  /// What the inventory says of the hosts, weaker than what the play says.
  void add_group_variables(const std::string& root, const std::string& hosts) {
    add_files_of(scope_, root + "group_vars/all");
    for (std::size_t at = 0; at < hosts.size();) {
      const auto end = std::min(hosts.find_first_of(":,", at), hosts.size());
      const auto name = hosts.substr(at, end - at);
      if (name != "all") add_files_of(scope_, fmt::format("{}group_vars/{}", root, name));
      add_files_of(scope_, fmt::format("{}host_vars/{}", root, name));
      at = end + 1;
    }
  }

  void take_play(const YamlNode& play) {
    auto scope = scope_;
    add(scope, find_node(play, {"vars"}));
    if (const auto* const files = find_node(play, {"vars_files"})) {
      for (const auto& file : files->items) {
        if (!file.is(YamlNode::Kind::scalar)) continue;
        add(scope, mentioned_document(repository_path(path_, "./" + file.text)));
      }
    }
    unknown_role_ = nullptr;
    is_role_known_ = false;
    take_tasks(find_node(play, {"pre_tasks"}), scope, 0);
    if (const auto* const roles = find_node(play, {"roles"})) {
      for (const auto& role : roles->items) take_role(role, scope, 0);
    }
    take_tasks(find_node(play, {"tasks"}), scope, 0);
    take_tasks(find_node(play, {"post_tasks"}), scope, 0);
    if (unknown_role_ != nullptr && !is_role_known_) take_role_by_variables(scope);
  }

  /// Tasks of a role, of which no play is known.
  void take_task_file(const YamlNode& tasks) {
    const auto role = folder_of_path(folder_of_path(path_));
    for (const char* const file : {"/defaults/main", "/vars/main"}) {
      add_files_of(scope_, role + file);
    }
    take_tasks(&tasks, scope_, 0);
  }

  void take_role_variables(const AnsibleRole& role, const YamlNode& variables, const YamlNode& at) {
    scope_.add(variables);
    role.run(run_, scope_, at);
  }

  bool is_used() const { return run_.is_used || run_.hba.is_touched(); }
  DeclaredServer take() {
    auto server = run_.take();
    std::erase(server.mentioned, path_);
    return server;
  }

 private:
  // A document of variables, once. Null: there is none.
  const YamlNode* document(const std::string& path) {
    const auto is_it = [&](const Manifest& m) { return m.path == path; };
    const auto& all = repository_.manifests;
    const auto found = std::find_if(all.begin(), all.end(), is_it);
    if (found != all.end()) {
      return found->documents.empty() ? nullptr : &found->documents.front();
    }
    const auto text = repository_.files.read(path).text;
    if (!text) return nullptr;
    auto read = read_yaml_documents(Source(path, *text));
    if (read.documents.empty()) return nullptr;
    return &read_.emplace_back(std::move(read.documents.front()));
  }

  const YamlNode* mentioned_document(const std::string& path) {
    const auto* const found = document(path);
    if (found != nullptr) run_.server.mentioned.push_back(path);
    return found;
  }

  static void add(AnsibleScope& scope, const YamlNode* variables) {
    if (variables != nullptr && variables->is(YamlNode::Kind::mapping)) scope.add(*variables);
  }

  // `group_vars/db.yml`, `group_vars/db`, or the files of a folder of that name.
  void add_files_of(AnsibleScope& scope, const std::string& stem) {
    for (const char* const extension : {".yml", ".yaml"}) {
      add(scope, mentioned_document(stem + extension));
    }
    auto names = repository_.files.list(stem).names.value_or(std::vector<std::string>());
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
      const bool is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
      if (is_yaml) add(scope, mentioned_document(fmt::format("{}/{}", stem, name)));
    }
  }

  void take_role(const YamlNode& role, const AnsibleScope& outer, int depth) {
    if (depth > deepest) return;
    auto name = role.is(YamlNode::Kind::scalar) ? role.text : "";
    for (const char* const key : {"role", "name"}) {
      if (name.empty()) name = find_text(role, {key}).value_or("");
    }
    auto scope = outer;
    if (const auto* const known = ansible_role_named(name)) {
      if (const auto* const own = find_node(role, {"vars"})) scope.add(*own);
      if (role.is(YamlNode::Kind::mapping)) scope.add(role);  // the old way to write them
      run_.server.mentioned.push_back(role_folder(name) + "/defaults/main.yml");
      is_role_known_ = true;
      return known->run(run_, scope, role);
    }
    take_role_of_repository(role, name, outer, depth);
  }

  std::string role_folder(const std::string& name) const {
    return repository_path(path_, "./roles/" + name);
  }

  void take_role_of_repository(const YamlNode& role, const std::string& name,
                               const AnsibleScope& outer, int depth) {
    if (name.empty() || name.find('/') != std::string::npos) return;
    const auto folder = role_folder(name);
    AnsibleScope scope;
    add(scope, mentioned_document(folder + "/defaults/main.yml"));
    for (const auto* const layer : outer.layers()) scope.add(*layer);
    add(scope, mentioned_document(folder + "/vars/main.yml"));
    add(scope, find_node(role, {"vars"}));
    const auto* const tasks = mentioned_document(folder + "/tasks/main.yml");
    if (tasks == nullptr) unknown_role_ = &role;
    take_tasks(tasks, scope, depth + 1);
  }

  // `requirements.yml` may give it another name: its variables tell which it is.
  void take_role_by_variables(const AnsibleScope& scope) {
    for (const auto* const layer : scope.layers()) {
      const YamlNode* at = nullptr;
      const auto* const role = ansible_role_of(*layer, at);
      if (role == nullptr) continue;
      return role->run(run_, scope, *at);
    }
  }

  void take_tasks(const YamlNode* tasks, const AnsibleScope& scope, int depth) {
    if (tasks == nullptr || depth > deepest) return;
    for (const auto& task : tasks->items) take_task(task, scope, depth);
  }

  void take_task(const YamlNode& task, const AnsibleScope& outer, int depth) {
    const auto condition = find_text(task, {"when"});
    if (condition == "false" || condition == "False") return;
    auto scope = outer;
    if (const auto* const own = find_node(task, {"vars"})) scope.add(*own);
    for (const char* const part : {"block", "always"}) {
      take_tasks(find_node(task, {part}), scope, depth + 1);
    }
    for (const auto& [name, arguments] : task.entries) {
      if (is_keyword_of_task(name.text)) continue;
      take_action(task, name.text, arguments, scope, depth);
    }
  }

  void take_action(const YamlNode& task, std::string_view full, const YamlNode& arguments,
                   const AnsibleScope& scope, int depth) {
    const auto dot = full.rfind('.');
    const auto name = full.substr(dot == std::string_view::npos ? 0 : dot + 1);
    if (name == "import_tasks" || name == "include_tasks" || name == "include") {
      const auto file = arguments.is(YamlNode::Kind::scalar) ? std::optional(arguments.text)
                                                             : find_text(arguments, {"file"});
      const auto known = file ? scope.filled_in(*file) : std::nullopt;
      if (known) {
        const auto path = repository_path(task.source->name(), "./" + *known);
        take_tasks(mentioned_document(path), scope, depth + 1);
      }
    } else if (name == "import_role" || name == "include_role") {
      auto role = arguments;
      if (const auto* const own = find_node(task, {"vars"})) {
        auto entry = arguments;
        entry.text = "vars";
        role.entries.push_back({entry, *own});
      }
      take_role(read_.emplace_back(std::move(role)), scope, depth + 1);
    } else if (is_ansible_module(name)) {
      run_module(task, name, arguments, scope);
    }
  }

  void run_module(const YamlNode& task, std::string_view name, const YamlNode& said,
                  const AnsibleScope& scope) {
    const auto& arguments =
        said.is(YamlNode::Kind::scalar) ? read_.emplace_back(arguments_of_text(said)) : said;
    const bool was_used = is_used();
    const auto before = run_.server.statements.size();
    if (const auto* const loop = loop_of(task)) {
      run_loop(task, name, arguments, *loop, scope);
    } else {
      run_ansible_module(name, run_, {arguments, scope});
    }
    const bool did = is_used() && (!was_used || before != run_.server.statements.size());
    const auto* const when = find_node(task, {"when"});
    if (!did || when == nullptr || is_true_condition(when->text)) return;
    run_.note(
        fmt::format("{}: the task is taken as done, whatever its `when` says", shown_place(*when)));
  }

  static const YamlNode* loop_of(const YamlNode& task) {
    for (const auto& [name, value] : task.entries) {
      if (name.text == "loop" || name.text.starts_with("with_")) return &value;
    }
    return nullptr;
  }

  void run_loop(const YamlNode& task, std::string_view name, const YamlNode& arguments,
                const YamlNode& loop, const AnsibleScope& scope) {
    const auto variable = find_text(task, {"loop_control", "loop_var"}).value_or("item");
    const auto value = scope.value(loop);
    const auto* const items = scope.list(loop);
    if (items == nullptr) {
      if (value.is == AnsibleValue::Is::absent &&
          loop.text.find("default([])") != std::string::npos)
        return;
      // `{{ item.x }}` is nothing then, and its task says so.
      YamlNode unknown = loop;
      unknown.kind = YamlNode::Kind::scalar;
      unknown.text = "{{ unknown() }}";
      run_ansible_module(name, run_,
                         {arguments, scope.with(variable, read_.emplace_back(std::move(unknown)))});
      return;
    }
    for (const auto& item : items->items) {
      const auto inner = scope.value(item);
      const auto& each = inner.node != nullptr ? *inner.node : item;
      // What the loop says stands in its item.
      auto placed = arguments;
      if (std::any_of(placed.entries.begin(), placed.entries.end(), [](const YamlEntry& e) {
            return e.second.text.find("{{") != std::string::npos;
          })) {
        move_to(placed, each);
      }
      run_ansible_module(
          name, run_, {read_.emplace_back(std::move(placed)), scope_with(scope, variable, each)});
    }
  }

  const AnsibleScope& scope_with(const AnsibleScope& scope, const std::string& variable,
                                 const YamlNode& item) {
    return scopes_.emplace_back(scope.with(variable, item));
  }

  static void move_to(YamlNode& arguments, const YamlNode& item) {
    arguments.source = item.source;
    arguments.span = item.span;
    for (auto& entry : arguments.entries) {
      if (entry.second.text.find("{{") == std::string::npos) continue;
      entry.second.source = item.source;
      entry.second.span = item.span;
    }
  }

  const Repository& repository_;
  AnsibleRun run_;
  std::string path_;
  AnsibleScope scope_;
  const YamlNode* unknown_role_ = nullptr;  // of the play: no document has its tasks
  bool is_role_known_ = false;
  std::deque<YamlNode> read_;  // what the scopes refer to
  std::deque<AnsibleScope> scopes_;
};

std::size_t shared_depth(std::string_view a, std::string_view b) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) {
    depth += a[i] == '/' ? 1 : 0;
  }
  return depth;
}

// The inventories of a playbook: what stands before `group_vars/` in paths near to it.
std::set<std::string> inventories(const Repository& repository, const std::string& path) {
  std::set<std::string> result;
  std::size_t nearest = 0;
  for (const auto& manifest : repository.manifests) {
    for (const char* const folder : {"group_vars/", "host_vars/"}) {
      const auto at = manifest.path.find(folder);
      const bool begins = at == 0 || (at != std::string::npos && manifest.path[at - 1] == '/');
      const auto depth = shared_depth(manifest.path, path);
      if (!begins || depth < nearest) continue;
      if (depth > nearest) result.clear();
      nearest = depth;
      result.insert(manifest.path.substr(0, at));
    }
  }
  const auto folder = folder_of_path(path);
  if (result.empty()) result.insert(folder.empty() ? "" : folder + '/');
  return result;
}

std::string hosts_of(const YamlNode& play) {
  const auto* const hosts = find_node(play, {"hosts"});
  if (hosts == nullptr) return "";
  auto text = hosts->text;
  for (const auto& item : hosts->items) text += (text.empty() ? "" : ",") + item.text;
  return text;
}

// Plays about the same hosts are one server.
std::vector<DeclaredServer> servers_of_plays(const YamlNode& document, const Manifest& manifest,
                                             const Repository& repository) {
  std::vector<DeclaredServer> result;
  std::vector<std::string> hosts;
  for (const auto& play : document.items) {
    const auto text = hosts_of(play);
    const bool is_new = std::find(hosts.begin(), hosts.end(), text) == hosts.end();
    if (is_play(play) && is_new) hosts.push_back(text);
  }
  const auto roots = inventories(repository, manifest.path);
  std::vector<std::string> qualifiers;
  for (const auto& text : hosts) {
    for (const auto& root : roots) {
      PlayReader reader(repository, "ansible/" + manifest.path, manifest.path);
      reader.add_group_variables(root, text);
      for (const auto& play : document.items) {
        if (is_play(play) && hosts_of(play) == text) reader.take_play(play);
      }
      if (!reader.is_used()) continue;
      result.push_back(reader.take());
      qualifiers.push_back(roots.size() > 1 ? text + " of " + folder_of_path(root) : text);
    }
  }
  for (std::size_t i = 0; i < result.size() && result.size() > 1; ++i) {
    result[i].name += fmt::format(" ({})", qualifiers[i]);
  }
  return result;
}

}  // namespace

bool is_ansible(const YamlNode& document, std::string_view) {
  if (document.is(YamlNode::Kind::mapping)) {
    const YamlNode* found = nullptr;
    return ansible_role_of(document, found) != nullptr;
  }
  return std::any_of(document.items.begin(), document.items.end(), is_play) ||
         has_module(document, 0);
}

std::vector<DeclaredServer> ansible_servers(const YamlNode& document, const Manifest& manifest,
                                            const Repository& repository) {
  if (std::any_of(document.items.begin(), document.items.end(), is_play)) {
    return servers_of_plays(document, manifest, repository);
  }
  PlayReader reader(repository, "ansible/" + manifest.path, manifest.path);
  if (document.is(YamlNode::Kind::mapping)) {
    const YamlNode* at = nullptr;
    const auto* const role = ansible_role_of(document, at);
    if (role == nullptr) return {};
    reader.take_role_variables(*role, document, *at);
  } else {
    reader.take_task_file(document);
  }
  if (!reader.is_used()) return {};
  return {reader.take()};
}

}  // namespace pgleast
