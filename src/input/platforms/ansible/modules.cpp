// What modules of Ansible do, as the statements that they send: community.postgresql,
// plugins/modules/postgresql_*.py; and what lineinfile, copy and the like do to its files.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "input/platforms/ansible/run.hpp"
#include "pg/identifier.hpp"
#include "text/path_name.hpp"
#include "text/upper_case.hpp"

namespace pgleast {
namespace {

using Texts = std::vector<std::string>;

std::string spaced(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

bool is_absent(const AnsibleArguments& arguments) {
  return arguments.text({"state"}, "present") == "absent";
}

std::string clause_of(const AnsibleArgument& password) {
  const bool is_said = password.node != nullptr && !(password.text && password.text->empty());
  return is_said ? password_clause(password.text) : "";
}

// `schema.table` in quotes.
std::string quoted_path(const std::string& path) {
  if (path.find('"') != std::string::npos) return path;
  std::string result;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('.', at), path.size());
    result += (result.empty() ? "" : ".") + quote_identifier(path.substr(at, end - at));
    at = end + 1;
  }
  return result;
}

// PUBLIC and the like are no names.
std::string grantee(const std::string& name) {
  constexpr std::array<std::string_view, 4> implicit{"PUBLIC", "CURRENT_USER", "SESSION_USER",
                                                     "CURRENT_ROLE"};
  const auto word = upper_case(name);
  const bool is_word = std::find(implicit.begin(), implicit.end(), word) != implicit.end();
  return is_word ? word : quote_identifier(name);
}

template <typename Function>
std::string joined(const Texts& texts, Function shown) {
  std::string result;
  for (const auto& text : texts) result += (result.empty() ? "" : ", ") + shown(text);
  return result;
}

// --- postgresql_user ----------------------------------------------------------------------------

// " NOLOGIN CREATEDB" of `NOLOGIN,CREATEDB`; none: the module refuses a word.
std::optional<std::string> flags_clause(const Texts& flags) {
  constexpr std::array<std::string_view, 7> known{"SUPERUSER", "CREATEROLE",  "CREATEDB", "INHERIT",
                                                  "LOGIN",     "REPLICATION", "BYPASSRLS"};
  std::string result;
  Texts seen;
  for (const auto& flag : flags) {
    const auto word = upper_case(flag);
    const auto bare = word.starts_with("NO") ? word.substr(2) : word;
    if (std::find(known.begin(), known.end(), bare) == known.end()) return std::nullopt;
    if (std::find(seen.begin(), seen.end(), word) != seen.end()) continue;
    seen.push_back(word);
    result += ' ' + word;
  }
  return result;
}

// `priv: CONNECT/orders:SELECT,INSERT`, which older versions of the module take.
void old_privileges(AnsibleRun& run, const AnsibleArguments& arguments, const std::string& user) {
  const auto said = arguments.find({"priv"});
  const auto database = arguments.text({"login_db", "db"}, "");
  if (said.node == nullptr) return;
  if (!said.text || !database) {
    return run.do_not_know(run.server.unknown_roles, *said.node, "the privileges of a user");
  }
  for (std::size_t at = 0; at <= said.text->size();) {
    const auto end = std::min(said.text->find('/', at), said.text->size());
    const auto part = said.text->substr(at, end - at);
    at = end + 1;
    const auto colon = part.rfind(':');
    const bool is_table = colon != std::string::npos;
    const auto on = is_table ? "TABLE " + quoted_path(part.substr(0, colon))
                             : "DATABASE " + quote_identifier(*database);
    if (is_table) run.connect(*said.node, *database);
    run.add(*said.node,
            fmt::format("GRANT {} ON {} TO {}", is_table ? part.substr(colon + 1) : part, on,
                        quote_identifier(user)));
  }
}

// --- postgresql_privs ---------------------------------------------------------------------------

struct Grant {
  std::string type;
  Texts privileges, objects, roles, owners;
  std::string schema;
  bool is_absent = false;
  std::optional<bool> grant_option;
};

std::string objects_of(const Grant& grant) {
  const auto schema = quote_identifier(grant.schema);
  if (grant.objects == Texts{"ALL_IN_SCHEMA"}) {
    return fmt::format("ALL {}S IN SCHEMA {}", upper_case(grant.type), schema);
  }
  const bool is_routine = grant.type == "function" || grant.type == "procedure";
  const bool in_schema =
      is_routine || grant.type == "table" || grant.type == "sequence" || grant.type == "type";
  return upper_case(spaced(grant.type)) + ' ' +
         joined(grant.objects, [&](const std::string& object) {
           if (!in_schema) return quote_identifier(object);
           const auto paren =
               is_routine ? std::min(object.find('('), object.size()) : object.size();
           auto arguments = object.substr(paren);
           std::replace(arguments.begin(), arguments.end(), ':', ',');
           return schema + '.' + quote_identifier(object.substr(0, paren)) + arguments;
         });
}

void default_privileges(AnsibleRun& run, const YamlNode& at, const Grant& grant) {
  auto kinds = grant.objects;
  const bool is_all = kinds == Texts{"ALL_DEFAULT"} || grant.is_absent;
  if (is_all) kinds = {"TABLES", "FUNCTIONS", "SEQUENCES", "TYPES"};
  std::string head = "ALTER DEFAULT PRIVILEGES";
  if (!grant.owners.empty()) head += " FOR ROLE " + joined(grant.owners, quote_identifier);
  if (!grant.schema.empty()) head += " IN SCHEMA " + quote_identifier(grant.schema);
  const auto whom = joined(grant.roles, grantee);
  for (const auto& kind : kinds) {
    run.add(at, fmt::format("{} REVOKE ALL ON {} FROM {}", head, upper_case(kind), whom));
    if (grant.is_absent) continue;
    run.add(at, fmt::format("{} GRANT {} ON {} TO {}{}", head, fmt::join(grant.privileges, ", "),
                            upper_case(kind), whom,
                            grant.grant_option == true ? " WITH GRANT OPTION" : ""));
  }
}

void grant_or_revoke(AnsibleRun& run, const YamlNode& at, const Grant& grant) {
  const bool is_group = grant.type == "group";
  const char* const option = is_group ? "ADMIN OPTION" : "GRANT OPTION";
  const auto what =
      is_group ? joined(grant.objects, quote_identifier)
               : fmt::format("{} ON {}", joined(grant.privileges, spaced), objects_of(grant));
  const auto whom = joined(grant.roles, grantee);
  if (grant.is_absent) return run.add(at, fmt::format("REVOKE {} FROM {}", what, whom));
  run.add(at, fmt::format("GRANT {} TO {}{}", what, whom,
                          grant.grant_option == true ? fmt::format(" WITH {}", option) : ""));
  if (grant.grant_option == false) {
    run.add(at, fmt::format("REVOKE {} FOR {} FROM {}", option, what, whom));
  }
}

// What the module takes where it is not said.
void take_defaults(Grant& grant, const std::string& schema, const std::string& database) {
  constexpr std::array<std::string_view, 6> in_schema{"table",     "sequence", "function",
                                                      "procedure", "type",     "default_privs"};
  if (std::find(in_schema.begin(), in_schema.end(), grant.type) != in_schema.end()) {
    const bool is_none = schema == "not-specified" || grant.objects == Texts{"schemas"};
    grant.schema = is_none ? "" : schema.empty() ? "public" : schema;
  }
  if (grant.type == "database" && grant.objects.empty()) grant.objects = {database};
}

// --- Others -------------------------------------------------------------------------------------

void owner(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto role = arguments.text({"new_owner"}, "");
  const auto name = arguments.text({"obj_name"}, "");
  const auto type = arguments.text({"obj_type", "type"}, "");
  const auto database = arguments.text({"login_db", "db"}, "");
  const auto from = arguments.texts({"reassign_owned_by"});
  if (!role || !name || !type || !database || !from) {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "who owns an object");
  }
  if (!database->empty()) run.connect(arguments.at(), *database);
  if (!from->empty()) {
    return run.add(arguments.at(),
                   fmt::format("REASSIGN OWNED BY {} TO {}", joined(*from, quote_identifier),
                               quote_identifier(*role)));
  }
  const auto kind = *type == "matview" ? "MATERIALIZED VIEW" : upper_case(spaced(*type));
  const bool has_arguments = name->find('(') != std::string::npos;
  run.add(arguments.at(),
          fmt::format("ALTER {} {} OWNER TO {}", kind, has_arguments ? *name : quoted_path(*name),
                      quote_identifier(*role)));
}

void schema(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto name = arguments.text({"name", "schema"}, "");
  const auto owner = arguments.text({"owner"}, "");
  const auto database = arguments.text({"login_db", "database", "db"}, "");
  if (!name || !owner || !database) {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "a schema");
  }
  if (!database->empty()) run.connect(arguments.at(), *database);
  const auto quoted = quote_identifier(*name);
  if (is_absent(arguments)) return run.add(arguments.at(), "DROP SCHEMA IF EXISTS " + quoted);
  run.add(arguments.at(), "CREATE SCHEMA IF NOT EXISTS " + quoted);
  if (owner->empty()) return;
  run.add(arguments.at(),
          fmt::format("ALTER SCHEMA {} OWNER TO {}", quoted, quote_identifier(*owner)));
}

void setting(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto name = arguments.text({"name", "param"}, "");
  const auto value = arguments.find({"value"});
  if (!name) return run.do_not_know(run.server.unknown_conf, arguments.at(), "a setting");
  if (value.is_unknown()) return run.hide(*name, arguments.at(), "the value of " + *name);
  if (value.text && *value.text != "default") run.alter_system(*value.node, *name, *value.text);
}

void rules(AnsibleRun& run, const AnsibleArguments& arguments) { run.hba.take_rules(arguments); }

// --- Files --------------------------------------------------------------------------------------

enum class File : std::uint8_t { other, hba, ident, conf };

File file_of(const AnsibleArguments& arguments) {
  const auto* const node = arguments.find({"path", "dest", "destfile", "name"}).node;
  if (node == nullptr) return File::other;
  // `{{ postgresql_conf_dir }}/pg_hba.conf` ends in it, too.
  if (node->text.ends_with("pg_hba.conf")) return File::hba;
  if (node->text.ends_with("pg_ident.conf")) return File::ident;
  const bool is_conf = node->text.ends_with("postgresql.conf") ||
                       (node->text.find("postgresql") != std::string::npos &&
                        node->text.find("conf.d/") != std::string::npos);
  return is_conf ? File::conf : File::other;
}

// Lines with their Jinja done.
std::vector<DeclaredLine> known_lines(AnsibleRun& run, const AnsibleArguments& arguments,
                                      std::vector<DeclaredLine> lines,
                                      std::vector<std::string>& unknowns) {
  std::vector<DeclaredLine> result;
  for (auto& line : lines) {
    const auto text = arguments.scope().filled_in(line.text);
    const auto comment = line.text.find_first_not_of(" \t");
    if (comment != std::string::npos && line.text[comment] == '#') continue;
    if (!text && line.text.find("ansible_managed") != std::string::npos) continue;
    if (!text) {
      YamlNode at;
      at.source = line.document;
      at.span = {line.at, line.at};
      run.do_not_know(unknowns, at, "a line of a template");
      continue;
    }
    line.is_verbatim = line.is_verbatim && *text == line.text;
    line.text = *text;
    result.push_back(std::move(line));
  }
  return result;
}

std::vector<DeclaredLine> lines_of_file(const std::string& path, const std::string& text) {
  const auto source = std::make_shared<const Source>(path, text);
  std::vector<DeclaredLine> result;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const bool has_return = end > at && text[end - 1] == '\r';
    result.push_back({text.substr(at, end - at - (has_return ? 1 : 0)), source, at, true, ""});
    at = end + 1;
  }
  return result;
}

// The file that `src` means: beside the document, in its folder or that of its role.
std::optional<std::vector<DeclaredLine>> source_lines(AnsibleRun& run,
                                                      const AnsibleArguments& arguments) {
  if (const auto content = arguments.find({"content"}); content.node != nullptr) {
    return lines_said(*content.node);
  }
  const auto said = arguments.text({"src"}, "");
  if (!said || said->empty()) return std::nullopt;
  const auto& document = arguments.at().source->name();
  for (const char* const folder : {"./", "templates/", "files/", "../templates/", "../files/"}) {
    const auto path = repository_path(document, folder + *said);
    if (auto text = run.repository().files.read(path).text) {
      run.server.mentioned.push_back(path);
      return lines_of_file(path, *text);
    }
  }
  return std::nullopt;
}

// The whole file, or lines that are added to it.
void take_lines(AnsibleRun& run, const AnsibleArguments& arguments, File file,
                std::vector<DeclaredLine> lines) {
  auto& server = run.server;
  if (file == File::hba) {
    run.hba.replace(known_lines(run, arguments, std::move(lines), server.unknown_hba));
    return;
  }
  auto& into = file == File::ident ? server.ident : server.conf;
  for (auto& line : known_lines(run, arguments, std::move(lines), server.unknown_conf)) {
    into.push_back(std::move(line));
  }
}

void whole_file(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto file = file_of(arguments);
  if (file == File::other) return;
  run.is_used = true;
  auto lines = source_lines(run, arguments);
  if (lines) return take_lines(run, arguments, file, std::move(*lines));
  auto& unknowns = file == File::hba ? run.server.unknown_hba : run.server.unknown_conf;
  run.do_not_know(unknowns, arguments.at(), "the file that is put there");
}

void line_in_file(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto file = file_of(arguments);
  if (file == File::other) return;
  run.is_used = true;
  if (file == File::hba) return run.hba.take_lineinfile(arguments);
  const auto line = arguments.find({"line", "value"});
  if (line.node == nullptr || is_absent(arguments)) return;
  if (line.text) return take_lines(run, arguments, file, {line_at(*line.node, *line.text)});
  run.do_not_know(run.server.unknown_conf, *line.node, "a line");
}

void block_in_file(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto file = file_of(arguments);
  if (file == File::other) return;
  run.is_used = true;
  if (file == File::hba) return run.hba.take_blockinfile(arguments);
  const auto block = arguments.find({"block", "content"});
  if (block.node == nullptr || is_absent(arguments)) return;
  take_lines(run, arguments, file, lines_said(*block.node));
}

struct ModuleRow {
  std::string_view name;
  bool is_of_postgresql;
  void (*run)(AnsibleRun& run, const AnsibleArguments& arguments);
};

constexpr std::array modules{
    ModuleRow{"postgresql_pg_hba", true, rules},
    ModuleRow{"postgresql_user", true, ansible_user},
    ModuleRow{"postgresql_privs", true, ansible_privileges},
    ModuleRow{"postgresql_membership", true, ansible_membership},
    ModuleRow{"postgresql_owner", true, owner},
    ModuleRow{"postgresql_db", true, ansible_database},
    ModuleRow{"postgresql_schema", true, schema},
    ModuleRow{"postgresql_set", true, setting},
    ModuleRow{"postgresql_alter_system", true, setting},
    ModuleRow{"lineinfile", false, line_in_file},
    ModuleRow{"blockinfile", false, block_in_file},
    ModuleRow{"copy", false, whole_file},
    ModuleRow{"template", false, whole_file},
};

// `community.postgresql.postgresql_user`, `ansible.builtin.copy`
const ModuleRow* module_named(std::string_view name) {
  const auto bare =
      name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
  const auto* const found = std::find_if(modules.begin(), modules.end(),
                                         [&](const ModuleRow& row) { return row.name == bare; });
  return found == modules.end() ? nullptr : found;
}

}  // namespace

bool is_ansible_module(std::string_view name) { return module_named(name) != nullptr; }

bool run_ansible_module(std::string_view name, AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto* const module = module_named(name);
  if (module == nullptr) return false;
  run.is_used = run.is_used || module->is_of_postgresql;
  module->run(run, arguments);
  return true;
}

void ansible_user(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto name = arguments.text({"name", "user"}, "");
  const auto flags = arguments.texts({"role_attr_flags", "flags"});
  const auto clause = flags ? flags_clause(*flags) : std::nullopt;
  if (!name || name->empty() || !clause) {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "a user");
  }
  const auto quoted = quote_identifier(*name);
  if (is_absent(arguments)) return run.add(arguments.at(), "DROP ROLE IF EXISTS " + quoted);
  const auto password = arguments.find({"password"});
  const auto expires = arguments.text({"expires"}, "");
  // CREATE USER lets log in what says nothing else.
  const auto* const verb = run.is_new_role(*name) ? "CREATE USER" : "ALTER USER";
  auto sql = fmt::format("{} {}{}{}", verb, quoted, *clause, clause_of(password));
  if (expires && !expires->empty()) sql += " VALID UNTIL " + quote_literal(*expires);
  const bool changes = sql.size() > fmt::format("ALTER USER {}", quoted).size();
  if (*verb == 'C' || changes) run.add(arguments.at(), std::move(sql));
  old_privileges(run, arguments, *name);
}

void ansible_database(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto name = arguments.text({"name", "db"}, "");
  const auto owner = arguments.text({"owner"}, "");
  const auto state = arguments.text({"state"}, "present");
  if (!name || name->empty() || !owner || !state) {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "a database");
  }
  const auto quoted = quote_identifier(*name);
  if (*state == "absent") return run.add(arguments.at(), "DROP DATABASE IF EXISTS " + quoted);
  if (*state == "restore") {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "what a dump restores");
  }
  if (*state != "present") return;
  const bool is_new = run.is_new_database(*name);
  if (!is_new && owner->empty()) return;
  const auto its = owner->empty() ? "" : " OWNER " + quote_identifier(*owner);
  run.add(arguments.at(),
          is_new ? fmt::format("CREATE DATABASE {}{}", quoted, its)
                 : fmt::format("ALTER DATABASE {} OWNER TO {}", quoted, quote_identifier(*owner)));
}

void ansible_privileges(AnsibleRun& run, const AnsibleArguments& arguments) {
  Grant grant;
  const auto type = arguments.text({"type"}, "table");
  const auto privileges = arguments.texts({"privs", "priv"});
  const auto objects = arguments.texts({"objs", "obj"});
  const auto roles = arguments.texts({"roles", "role"});
  const auto owners = arguments.texts({"target_roles"});
  const auto in = arguments.text({"schema"}, "");
  const auto database = arguments.text({"login_db", "db", "database"}, "");
  if (!type || !privileges || !objects || !roles || !owners || !in || !database || roles->empty()) {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "privileges");
  }
  grant.type = *type;
  for (const auto& privilege : *privileges) grant.privileges.push_back(upper_case(privilege));
  grant.objects = *objects;
  grant.roles = *roles;
  grant.owners = *owners;
  grant.is_absent = is_absent(arguments);
  grant.grant_option = truth_of(arguments.find({"grant_option", "admin_option"}).node);
  take_defaults(grant, *in, *database);
  const bool says_all = !grant.objects.empty() && (!grant.privileges.empty() || *type == "group");
  if (!says_all) {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "privileges");
  }
  if (!database->empty()) run.connect(arguments.at(), *database);
  *type == "default_privs" ? default_privileges(run, arguments.at(), grant)
                           : grant_or_revoke(run, arguments.at(), grant);
}

void ansible_membership(AnsibleRun& run, const AnsibleArguments& arguments) {
  const auto groups = arguments.texts({"groups", "group", "source_role", "source_roles"});
  const auto members = arguments.texts({"target_roles", "target_role", "users", "user"});
  const auto state = arguments.text({"state"}, "present");
  if (!groups || !members || !state || groups->empty() || members->empty()) {
    return run.do_not_know(run.server.unknown_roles, arguments.at(), "a membership");
  }
  const bool is_revoked = *state == "absent";
  run.add(arguments.at(), fmt::format("{} {} {} {}", is_revoked ? "REVOKE" : "GRANT",
                                      joined(*groups, quote_identifier), is_revoked ? "FROM" : "TO",
                                      joined(*members, quote_identifier)));
}

}  // namespace pgleast
