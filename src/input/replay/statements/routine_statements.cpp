// CREATE and ALTER FUNCTION, PROCEDURE and AGGREGATE (functioncmds.c, aggregatecmds.c).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/catalog/named_object.hpp"
#include "input/replay/catalog/script_code.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "input/replay/statements/setting_text.hpp"

namespace pgleast {
namespace {

struct Signature {
  std::vector<TypeRef> inputs;
  std::vector<std::string> names;
  std::optional<TypeRef> result;  // by OUT and TABLE parameters
  int outputs = 0, defaults = 0;
};

const TypeRef record{no_entity, "record", false, ""};

Signature signature_of(SqlCatalog& catalog, const SqlNode& parameters) {
  Signature s;
  for (const auto& item : parameters) {
    const auto& p = inside(item, "FunctionParameter");
    const auto mode = text_at(p, "mode");
    const auto type = catalog.type_of(node_at(p, "argType"));
    const bool out = mode == "FUNC_PARAM_OUT" || mode == "FUNC_PARAM_TABLE";
    if (!out) {
      s.inputs.push_back(type);
      s.names.push_back(text_at(p, "name"));
      if (s.defaults > 0 && !p.contains("defexpr")) {
        throw Refused(Condition::invalid_function_definition,
                      "input parameters after one with a default value must also have defaults");
      }
      s.defaults += p.contains("defexpr") ? 1 : 0;
    }
    if (out || mode == "FUNC_PARAM_INOUT") {
      ++s.outputs;
      s.result = s.outputs == 1 && mode != "FUNC_PARAM_TABLE" ? type : record;
    }
  }
  return s;
}

void need_language(const SqlCatalog& catalog, const std::string& name) {
  const auto language = catalog.find_in_database(EntityKind::language, name);
  if (language == no_entity) {
    throw Refused(Condition::undefined_object, fmt::format("language `{}` does not exist", name),
                  name);
  }
  const bool trusted = !catalog.at(language).is(LanguageKind::untrusted);
  const bool may = trusted && catalog.holds(catalog.user(), language, Privilege::usage);
  if (!catalog.is_superuser() && !may) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for language {}", name), name);
  }
}

void set_setting(std::vector<std::string>& config, const std::string& name,
                 const std::optional<std::string>& value) {
  const auto old = std::find_if(config.begin(), config.end(), [&](const std::string& entry) {
    return entry.starts_with(name + '=');
  });
  if (!value) {
    if (old != config.end()) config.erase(old);
  } else if (old != config.end()) {
    *old = name + '=' + *value;
  } else {
    config.push_back(name + '=' + *value);
  }
}

void take_setting(const SqlCatalog& catalog, const SqlNode& set, FunctionDetail& detail) {
  const auto kind = text_at(set, "kind");
  if (kind == "VAR_RESET_ALL") return detail.config.clear();
  const auto value = kind == "VAR_RESET" || kind == "VAR_SET_DEFAULT"
                         ? std::optional<std::string>()
                         : std::optional(setting_text(catalog, set));
  set_setting(detail.config, text_at(set, "name"), value);
}

void take_option(const SqlCatalog& catalog, const SqlNode& option, FunctionDetail& detail) {
  const auto name = text_at(option, "defname");
  const auto& argument = node_at(option, "arg");
  if (name == "security") detail.security_definer = bool_of(argument);
  if (name == "leakproof") {
    detail.leakproof = bool_of(argument);
    if (detail.leakproof) {
      catalog.need_superuser("only superuser can define a leakproof function");
    }
  }
  if (name == "volatility") {
    const auto word = string_of(argument);
    detail.volatility = word == "immutable" ? 'i' : word == "stable" ? 's' : 'v';
  }
  if (name == "language") detail.language = string_of(argument);
  if (name == "window" && bool_of(argument)) detail.prokind = 'w';
  if (name == "set") take_setting(catalog, inside(argument, "VariableSetStmt"), detail);
}

void add_type_refs(SqlCatalog& catalog, EntityId id, const Signature& s, const TypeRef& result) {
  for (const auto& type : s.inputs) catalog.add_ref(id, {type.entity, 0, Ref::Kind::normal, 0});
  catalog.add_ref(id, {result.entity, 0, Ref::Kind::normal, 0});
}

std::uint32_t add_detail_of(SqlCatalog& catalog, FunctionDetail detail) {
  auto& all = catalog.cluster().functions;
  all.push_back(std::move(detail));
  return static_cast<std::uint32_t>(all.size() - 1);
}

void replace(SqlCatalog& catalog, EntityId id, const Signature& s, const TypeRef& result,
             FunctionDetail detail) {
  const auto& e = catalog.at(id);
  catalog.need_owner(id, "function");
  const auto& old = catalog.cluster().function(catalog.object(id));
  if (old.prokind != detail.prokind) {
    throw Refused(Condition::wrong_object_type, "cannot change routine kind");
  }
  const bool known = !(e.result == TypeRef{});
  if (known && !(e.result == result)) {
    throw Refused(Condition::invalid_function_definition,
                  "cannot change return type of existing function");
  }
  for (std::size_t i = 0; i < e.names.size() && i < s.names.size(); ++i) {
    if (!e.names[i].empty() && e.names[i] != s.names[i]) {
      throw Refused(Condition::invalid_function_definition,
                    fmt::format("cannot change name of input parameter `{}`", e.names[i]),
                    e.names[i]);
    }
  }
  if (s.defaults < e.defaults) {
    throw Refused(Condition::invalid_function_definition,
                  "cannot remove parameter defaults from existing function");
  }
  const bool trigger_changes = old.trigger != detail.trigger;
  if (trigger_changes) {
    throw Refused(Condition::invalid_function_definition,
                  "cannot change return type of existing function");
  }
  catalog.edit_function(id) = std::move(detail);
  auto& entity = catalog.edit(id);
  const auto schema = entity.schema;
  entity.defaults = s.defaults;
  entity.names = s.names;
  std::erase_if(entity.refs, [&](const Ref& r) { return r.to != schema; });
  add_type_refs(catalog, id, s, result);
}

/// `RETURN x`, `BEGIN ATOMIC ... END`: the end of the statement.
std::string standard_body(const SqlCatalog& catalog) {
  const auto& statement = catalog.statement();
  if (statement.item == nullptr) return "";
  const auto& tokens = statement.item->tokens;
  auto begin = statement.item->span.end;
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& t = tokens[i];
    const char c = t.kind == SqlToken::Kind::symbol ? statement.script[t.span.begin] : ' ';
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth > 0) continue;
    if (t.is("return")) begin = t.span.begin;
    if (t.is("begin") && i + 1 < tokens.size() && tokens[i + 1].is("atomic")) {
      begin = t.span.begin;
      break;
    }
  }
  return std::string(statement.script.substr(begin, statement.item->span.end - begin));
}

EntityCode code_of_routine(const SqlCatalog& catalog, const SqlNode& node) {
  EntityCode code;
  code.standard = node.contains("sql_body");
  code.path = path_when_made(catalog);
  if (code.standard) {
    code.text = standard_body(catalog);
  } else if (const auto* const as = option_named(list_at(node, "options"), "as")) {
    const auto parts = strings_of(*as);
    code.text = parts.empty() ? "" : parts.front();
  }
  code.returns_set = truth_at(inside(node_at(node, "returnType"), "TypeName"), "setof");
  for (const auto& item : list_at(node, "parameters")) {
    const auto& parameter = inside(item, "FunctionParameter");
    code.names.push_back(text_at(parameter, "name"));
    const bool of_table = text_at(parameter, "mode") == "FUNC_PARAM_TABLE";
    code.returns_set = code.returns_set || of_table;
  }
  return code;
}

/// What the defaults of its parameters need.
void add_defaults(SqlCatalog& catalog, EntityId id, const SqlNode& node) {
  for (const auto& item : list_at(node, "parameters")) {
    const auto& parameter = inside(item, "FunctionParameter");
    if (parameter.contains("defexpr")) add_references(catalog, id, parameter["defexpr"]);
  }
}

TypeRef result_of(SqlCatalog& catalog, const SqlNode& node, const Signature& s, bool procedure) {
  if (node.contains("returnType")) {
    const auto type = catalog.type_of(node["returnType"]);
    return s.outputs > 1 ? record : type;
  }
  if (s.result) return procedure ? record : *s.result;
  if (procedure) return {no_entity, "void", false, ""};
  throw Refused(Condition::invalid_function_definition, "function result type must be specified");
}

}  // namespace

void create_function(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "funcname"));
  const auto schema = schema_of_new(catalog, name);
  const bool procedure = truth_at(node, "is_procedure");
  FunctionDetail detail;
  detail.prokind = procedure ? 'p' : 'f';
  detail.language = "sql";
  const auto& options = list_at(node, "options");
  if (option_named(options, "language") == nullptr && !node.contains("sql_body")) {
    throw Refused(Condition::invalid_function_definition, "no language specified");
  }
  for (const auto& item : options) take_option(catalog, inside(item, "DefElem"), detail);
  need_language(catalog, detail.language);
  const auto s = signature_of(catalog, list_at(node, "parameters"));
  for (const auto& type : s.inputs) need_usage(catalog, type);
  const auto result = result_of(catalog, node, s, procedure);
  need_usage(catalog, result);
  detail.trigger = result.builtin == "trigger" || result.builtin == "event_trigger";
  const auto found = catalog.find_function(schema, name.name, s.inputs);
  if (found != no_entity) {
    if (!truth_at(node, "replace")) {
      throw Refused(Condition::duplicate_function,
                    fmt::format("function `{}` already exists with same argument types", name.name),
                    name.name);
    }
    replace(catalog, found, s, result, std::move(detail));
    catalog.set_code(found, code_of_routine(catalog, node));
    add_defaults(catalog, found, node);
    if (node.contains("sql_body")) add_references(catalog, found, node["sql_body"]);
    return;
  }
  Entity function;
  function.kind = EntityKind::function;
  function.name = name.name;
  function.schema = schema;
  function.subkind = RoutineKind{detail.prokind};
  function.types = s.inputs;
  function.result = result;
  function.defaults = s.defaults;
  function.names = s.names;
  const auto language = catalog.find_in_database(EntityKind::language, detail.language);
  const auto id = catalog.make(std::move(function), ObjectKind::function,
                               add_detail_of(catalog, std::move(detail)));
  add_type_refs(catalog, id, s, result);
  catalog.add_ref(id, {language, 0, Ref::Kind::normal, 0});
  if (node.contains("sql_body")) add_references(catalog, id, node["sql_body"]);
  add_defaults(catalog, id, node);
  catalog.set_code(id, code_of_routine(catalog, node));
}

void alter_function(SqlCatalog& catalog, const SqlNode& node) {
  const auto id = named_object(catalog, text_at(node, "objtype"), node_at(node, "func"));
  catalog.need_owner(id, "function");
  auto& detail = catalog.edit_function(id);
  if (detail.prokind == 'a') {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("`{}` is an aggregate function", catalog.at(id).name));
  }
  for (const auto& item : list_at(node, "actions")) {
    take_option(catalog, inside(item, "DefElem"), detail);
  }
}

void create_aggregate(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "defnames"));
  const auto schema = schema_of_new(catalog, name);
  Signature s;
  const auto& definition = list_at(node, "definition");
  if (truth_at(node, "oldstyle")) {
    const auto* const base = option_named(definition, "basetype");
    if (base == nullptr) {
      throw Refused(Condition::invalid_function_definition,
                    "aggregate input type must be specified");
    }
    if (word_of(*base) != "any") s.inputs.push_back(catalog.type_of(*base));
  } else {
    const auto& arguments = list_at(node, "args");
    if (!arguments.empty()) s = signature_of(catalog, items_of(arguments.front()));
  }
  const auto* const state = option_named(definition, "stype");
  if (state == nullptr && option_named(definition, "stype1") == nullptr) {
    throw Refused(Condition::invalid_function_definition, "aggregate stype must be specified");
  }
  const auto found = catalog.find_function(schema, name.name, s.inputs);
  FunctionDetail detail{'a', false, false, 'i', "internal", false, {}};
  if (found != no_entity) {
    if (!truth_at(node, "replace")) {
      throw Refused(Condition::duplicate_function,
                    fmt::format("function `{}` already exists with same argument types", name.name),
                    name.name);
    }
    return replace(catalog, found, s, {}, std::move(detail));
  }
  Entity function;
  function.kind = EntityKind::function;
  function.name = name.name;
  function.schema = schema;
  function.subkind = RoutineKind::aggregate;
  function.types = s.inputs;
  std::vector<EntityId> parts;
  for (const char* const part : {"sfunc", "sfunc1", "finalfunc", "combinefunc"}) {
    const auto* const given = option_named(definition, part);
    if (given == nullptr) continue;
    const auto& names =
        given->contains("TypeName") ? list_at((*given)["TypeName"], "names") : items_of(*given);
    for (const auto id : catalog.find_functions(qualified_name_of(names))) parts.push_back(id);
  }
  const auto id = catalog.make(std::move(function), ObjectKind::function,
                               add_detail_of(catalog, std::move(detail)));
  add_type_refs(catalog, id, s, {});
  if (parts.size() == 1) catalog.add_ref(id, {parts.front(), 0, Ref::Kind::normal, 0});
  if (parts.size() > 1) catalog.has_hidden_calls = true;
}

}  // namespace pgleast
