// Operators, functions and casts of the server that scripts use on names.
#include "input/replay/query/value.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "input/replay/catalog/extension_members.hpp"
#include "input/replay/query/catalog_rows.hpp"
#include "pg/default_acl_type.hpp"
#include "pg/identifier.hpp"
#include "pg/setting_value.hpp"

namespace pgleast {
namespace {

using SqlValues = std::vector<SqlNode>;

/// What `x::regclass` gives: {"reg": "regclass", "oid": 16384, "text": "app.orders"}.
bool is_reg_value(const SqlNode& value) { return value.is_object() && value.contains("reg"); }

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    throw Undecidable{"a text that is taken as a number"};
  }
  return number;
}

/// Both as numbers, truths or texts; a constant is what the other side is.
bool are_alike(SqlNode& left, SqlNode& right) {
  for (auto* const side : {&left, &right}) {
    auto& other = side == &left ? right : left;
    if (is_reg_value(*side)) *side = other.is_string() ? (*side)["text"] : (*side)["oid"];
    if (side->is_number() && other.is_string()) other = number_in(other.get<std::string>());
    if (side->is_boolean() && other.is_string()) {
      const auto truth = parse_bool(other.get<std::string>());
      if (!truth) throw Undecidable{"a text that is taken as a truth"};
      other = *truth;
    }
  }
  const bool numbers = left.is_number() && right.is_number();
  return numbers || (left.is_string() && right.is_string()) ||
         (left.is_boolean() && right.is_boolean());
}

/// Where the character at `at` ends.
std::size_t next_character(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;) ++at;
  return at;
}

// Only the last % is gone back to: what an earlier one takes in its place, that one can take.
bool matches_like(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, after_percent = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const char wanted = p < pattern.size() ? pattern[p + (escaped ? 1 : 0)] : '\0';
    if (p < pattern.size() && !escaped && wanted == '%') {
      after_percent = ++p;
      taken = t;
    } else if (p < pattern.size() && !escaped && wanted == '_') {
      t = next_character(text, t);
      ++p;
    } else if (p < pattern.size() && wanted == text[t]) {
      ++t;
      p += escaped ? 2 : 1;
    } else if (after_percent != std::string_view::npos) {
      p = after_percent;
      t = taken = next_character(text, taken);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

/// Only what both kinds of expressions read alike.
bool matches_expression(const std::string& text, const std::string& pattern, bool any_case) {
  constexpr std::string_view unlike = "\\{";
  if (pattern.find_first_of(unlike) != std::string::npos || pattern.starts_with("***") ||
      pattern.find("(?") != std::string::npos || pattern.find("[[") != std::string::npos) {
    throw Undecidable{"a regular expression"};
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!any_case);
  options.set_dot_nl(true);
  const RE2 expression(pattern, options);
  if (!expression.ok()) throw Undecidable{"a regular expression"};
  return RE2::PartialMatch(text, expression);
}

std::string lower_text(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) throw Undecidable{"the case of letters"};
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return text;
}

SqlNode matched_text(const std::string& name, const SqlNode& left, const SqlNode& right) {
  const auto text = text_of_value(left);
  const auto pattern = text_of_value(right);
  const bool negated = name[0] == '!';
  const bool like = name.find("~~") != std::string::npos;
  const bool any_case = name.back() == '*';
  const bool found = !like      ? matches_expression(text, pattern, any_case)
                     : any_case ? matches_like(lower_text(text), lower_text(pattern))
                                : matches_like(text, pattern);
  return found != negated;
}

SqlNode arithmetic(const std::string& name, const SqlNode& left, const SqlNode& right) {
  if (!left.is_number() || !right.is_number()) throw Undecidable{"operator " + name};
  const auto a = left.get<std::int64_t>();
  const auto b = right.get<std::int64_t>();
  std::int64_t result = 0;
  const bool over = name == "+"   ? __builtin_add_overflow(a, b, &result)
                    : name == "-" ? __builtin_sub_overflow(a, b, &result)
                                  : __builtin_mul_overflow(a, b, &result);
  if (over) throw Undecidable{"a number that is too large"};
  return result;
}

// --- format() -----------------------------------------------------------------------------------

std::string formatted_value(char kind, const SqlNode& value, int major) {
  if (kind == 's') return value.is_null() ? "" : text_of_value(value);
  if (kind == 'L') return value.is_null() ? "NULL" : quote_literal(text_of_value(value));
  if (kind != 'I') throw Undecidable{"a format of another kind"};
  if (value.is_null()) {
    throw Refused(Condition::null_value_not_allowed,
                  "null values cannot be formatted as an SQL identifier");
  }
  return shown_identifier(text_of_value(value), major);
}

SqlNode format_text(const SqlValues& arguments, int major) {
  if (arguments.empty()) {
    throw Refused(Condition::undefined_function, "function format() does not exist");
  }
  if (arguments.front().is_null()) return nullptr;
  const auto text = text_of_value(arguments.front());
  std::string result;
  std::size_t next = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (++i >= text.size()) {
      throw Refused(Condition::invalid_parameter_value, "unterminated format() type specifier");
    }
    if (text[i] == '%') {
      result += '%';
      continue;
    }
    auto digits = i;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits > i && digits < text.size() && text[digits] == '$') {
      next = static_cast<std::size_t>(number_in(text.substr(i, digits - i)));
      i = digits + 1;
    }
    if (i >= text.size()) {
      throw Refused(Condition::invalid_parameter_value, "unterminated format() type specifier");
    }
    if (next >= arguments.size()) {
      throw Refused(Condition::invalid_parameter_value, "too few arguments for format()");
    }
    result += formatted_value(text[i], arguments[next++], major);
  }
  return result;
}

// --- Names of objects ---------------------------------------------------------------------------

struct RegType {
  std::string_view name;
  EntityKind kind;
  Condition absence;
};
constexpr std::array reg_types{
    RegType{"regclass", EntityKind::relation, Condition::undefined_table},
    RegType{"regtype", EntityKind::type, Condition::undefined_object},
    RegType{"regproc", EntityKind::function, Condition::undefined_function},
    RegType{"regprocedure", EntityKind::function, Condition::undefined_function},
    RegType{"regnamespace", EntityKind::schema, Condition::invalid_schema_name},
};

/// Without its schema where search_path finds it.
std::string visible_name(const SqlCatalog& catalog, EntityId id, EntityKind kind) {
  const auto& e = catalog.at(id);
  auto name = catalog.shown_name(id);
  if (e.schema == no_entity) return name;
  bool found = false;
  if (kind == EntityKind::function) {
    for (const auto other : catalog.find_functions({"", e.name})) found = found || other == id;
  } else {
    found = catalog.find_named(kind, {"", e.name}) == id;
  }
  const auto schema = shown_identifier(catalog.at(e.schema).name, catalog.major()) + '.';
  return found && name.starts_with(schema) ? name.substr(schema.size()) : name;
}

SqlNode reg_of(const SqlCatalog& catalog, const RegType& type, EntityId id) {
  auto text = visible_name(catalog, id, type.kind);
  if (type.name == "regproc") text = text.substr(0, text.find('('));
  const auto& e = catalog.at(id);
  SqlNode oid;
  if (e.object != no_object) oid = catalog.object(id).oid;
  return {{"reg", std::string(type.name)}, {"oid", oid}, {"text", text}};
}

/// `app."Orders"`; more than two parts are refused.
QualifiedName name_in_value(const std::string& text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      parts.back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += quoted ? c : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
  }
  if (parts.size() > 2 || parts.back().empty()) throw Undecidable{"a name in a text"};
  return parts.size() == 2 ? QualifiedName{parts[0], parts[1]} : QualifiedName{"", parts[0]};
}

EntityId entity_with_oid(const SqlCatalog& catalog, EntityKind kind, std::int64_t oid) {
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto& e = catalog.at(EntityId{i});
    const bool fits = e.alive && e.kind == kind && e.object != no_object &&
                      e.database == catalog.session().database &&
                      catalog.object(EntityId{i}).oid == oid;
    if (fits) return EntityId{i};
  }
  throw Undecidable{"an object by its number"};
}

/// Null: there is none.
SqlNode reg_value(const SqlCatalog& catalog, const RegType& type, const SqlNode& value) {
  if (is_reg_value(value)) return value;
  if (value.is_number()) {
    return reg_of(catalog, type, entity_with_oid(catalog, type.kind, value.get<std::int64_t>()));
  }
  const auto name = name_in_value(text_of_value(value));
  auto found = no_entity;
  if (type.kind == EntityKind::schema) {
    found = catalog.find_schema(name.name);
  } else if (type.kind == EntityKind::function) {
    throw Undecidable{"a function by its name"};
  } else {
    if (catalog.is_of_server(name)) throw Undecidable{"a catalog is not in the model"};
    found = catalog.find_named(type.kind, name);
    const bool builtin = type.kind == EntityKind::type && name.schema.empty() &&
                         found == no_entity && may_be({{"unseen", "type"}}, name.name, 18);
    if (builtin) throw Undecidable{"a type of the server"};
  }
  if (found == no_entity && may_be_of_extension(catalog, type.kind, name)) {
    throw Undecidable{"it may be an extension's"};
  }
  return found == no_entity ? SqlNode() : reg_of(catalog, type, found);
}

SqlNode reg_of_role(const SqlCatalog& catalog, const SqlNode& value) {
  if (is_reg_value(value)) return value;
  for (const auto& role : catalog.cluster().roles) {
    const bool fits = value.is_number() ? role.oid == value.get<std::int64_t>()
                                        : !role.dropped && role.name == text_of_value(value);
    if (!fits) continue;
    return {{"reg", "regrole"},
            {"oid", role.oid},
            {"text", shown_identifier(role.name, catalog.major())}};
  }
  return nullptr;
}

RoleId role_in(const SqlCatalog& catalog, const SqlNode& value) {
  const auto& roles = catalog.cluster().roles;
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    const bool fits = value.is_number()
                          ? roles[i].oid == value.get<std::int64_t>()
                          : !roles[i].dropped && roles[i].name == text_of_value(value);
    if (fits) return RoleId{i};
  }
  throw Refused(Condition::undefined_object,
                fmt::format("role `{}` does not exist", text_of_value(value)));
}

// --- Functions ----------------------------------------------------------------------------------

SqlNode pg_has_role(const SqlCatalog& catalog, const SqlValues& arguments) {
  const bool own = arguments.size() == 2;
  const auto member = own ? catalog.user() : role_in(catalog, arguments.at(0));
  const auto role = role_in(catalog, arguments.at(own ? 0 : 1));
  const auto how = lower_text(text_of_value(arguments.back()));
  if (how == "usage") return catalog.has_privileges(member, role);
  if (how == "set" && catalog.major() >= 16) {
    return catalog.cluster().role(member).superuser || catalog.can_become(member, role);
  }
  throw Undecidable{"pg_has_role"};
}

SqlNode acldefault(const SqlCatalog& catalog, const SqlValues& arguments) {
  const auto letter = text_of_value(arguments.at(0));
  const auto owner = role_in(catalog, arguments.at(1));
  constexpr std::array<std::pair<char, ObjectKind>, 7> kinds{{{'r', ObjectKind::table},
                                                              {'s', ObjectKind::sequence},
                                                              {'f', ObjectKind::function},
                                                              {'n', ObjectKind::schema},
                                                              {'d', ObjectKind::database},
                                                              {'T', ObjectKind::type},
                                                              {'l', ObjectKind::language}}};
  for (const auto& [known, kind] : kinds) {
    if (letter == std::string(1, known)) {
      return acl_value(catalog, default_acl(kind, owner, catalog.major()));
    }
  }
  throw Undecidable{"acldefault"};
}

std::string current_database(const SqlCatalog& catalog) {
  const auto id = catalog.session().database;
  if (id == no_object) throw Undecidable{"the database is not known"};
  return catalog.cluster().object(id).name;
}

SqlNode current_schema(const SqlCatalog& catalog) {
  const auto& words = catalog.session().search_path;
  for (const auto id : catalog.path()) {
    const auto& name = catalog.at(id).name;
    const bool written = std::find(words.begin(), words.end(), name) != words.end() ||
                         name == catalog.cluster().role_name(catalog.user());
    if (written) return name;
  }
  return nullptr;
}

SqlNode shown_setting(const SqlCatalog& catalog, const std::string& name) {
  if (name == "server_version_num") return std::to_string(catalog.cluster().version_num);
  throw Undecidable{"current_setting"};
}

SqlNode replaced_text(const std::string& text, const std::string& from, const std::string& to) {
  if (from.empty()) return text;
  std::string result;
  std::size_t at = 0;
  for (auto next = text.find(from); next != std::string::npos; next = text.find(from, at)) {
    result += text.substr(at, next - at) + to;
    at = next + from.size();
    short_text(result);
  }
  return short_text(result + text.substr(at));
}

SqlNode split_text(const std::string& text, const std::string& by) {
  auto parts = SqlNode::array();
  if (by.empty()) throw Undecidable{"string_to_array"};
  for (std::size_t at = 0;;) {
    const auto end = text.find(by, at);
    parts.push_back(text.substr(at, end == std::string::npos ? end : end - at));
    if (end == std::string::npos) return parts;
    at = end + by.size();
  }
}

SqlNode joined_texts(const SqlValues& arguments) {
  std::string text;
  for (const auto& argument : arguments) {
    if (!argument.is_null()) text += text_of_value(argument);
    text = short_text(std::move(text));
  }
  return text;
}

struct ServerFunction {
  std::string_view name;
  std::size_t least, most;  // arguments
  SqlNode (*call)(const SqlCatalog&, const SqlValues&);
};

/// Null where an argument is.
constexpr std::array strict_functions{
    ServerFunction{"quote_ident", 1, 1,
                   [](const SqlCatalog& c, const SqlValues& a) -> SqlNode {
                     return shown_identifier(text_of_value(a[0]), c.major());
                   }},
    ServerFunction{"quote_literal", 1, 1,
                   [](const SqlCatalog&, const SqlValues& a) -> SqlNode {
                     return quote_literal(text_of_value(a[0]));
                   }},
    ServerFunction{"lower", 1, 1,
                   [](const SqlCatalog&, const SqlValues& a) -> SqlNode {
                     return lower_text(text_of_value(a[0]));
                   }},
    ServerFunction{"replace", 3, 3,
                   [](const SqlCatalog&, const SqlValues& a) -> SqlNode {
                     return replaced_text(text_of_value(a[0]), text_of_value(a[1]),
                                          text_of_value(a[2]));
                   }},
    ServerFunction{"string_to_array", 2, 2,
                   [](const SqlCatalog&, const SqlValues& a) -> SqlNode {
                     return split_text(text_of_value(a[0]), text_of_value(a[1]));
                   }},
    ServerFunction{"array_length", 2, 2,
                   [](const SqlCatalog&, const SqlValues& a) -> SqlNode {
                     if (!a[0].is_array() || a[1] != 1) throw Undecidable{"array_length"};
                     return a[0].empty() ? SqlNode() : SqlNode(a[0].size());
                   }},
    ServerFunction{"pg_has_role", 2, 3, pg_has_role},
    ServerFunction{"acldefault", 2, 2, acldefault},
    ServerFunction{"pg_get_userbyid", 1, 1,
                   [](const SqlCatalog& c, const SqlValues& a) -> SqlNode {
                     return c.cluster().role_name(role_in(c, a[0]));
                   }},
    ServerFunction{"current_setting", 1, 2,
                   [](const SqlCatalog& c, const SqlValues& a) -> SqlNode {
                     return shown_setting(c, text_of_value(a[0]));
                   }},
    ServerFunction{"to_regclass", 1, 1,
                   [](const SqlCatalog& c, const SqlValues& a) -> SqlNode {
                     return reg_value(c, reg_types[0], a[0]);
                   }},
    ServerFunction{"to_regtype", 1, 1,
                   [](const SqlCatalog& c, const SqlValues& a) -> SqlNode {
                     return reg_value(c, reg_types[1], a[0]);
                   }},
    ServerFunction{"to_regnamespace", 1, 1,
                   [](const SqlCatalog& c, const SqlValues& a) -> SqlNode {
                     return reg_value(c, reg_types[4], a[0]);
                   }},
    ServerFunction{
        "to_regrole", 1, 1,
        [](const SqlCatalog& c, const SqlValues& a) -> SqlNode { return reg_of_role(c, a[0]); }},
};

constexpr std::array other_functions{
    ServerFunction{
        "current_database", 0, 0,
        [](const SqlCatalog& c, const SqlValues&) -> SqlNode { return current_database(c); }},
    ServerFunction{
        "current_schema", 0, 0,
        [](const SqlCatalog& c, const SqlValues&) -> SqlNode { return current_schema(c); }},
    ServerFunction{"pg_is_in_recovery", 0, 0,
                   [](const SqlCatalog&, const SqlValues&) -> SqlNode { return false; }},
    ServerFunction{"format", 1, 100,
                   [](const SqlCatalog& c, const SqlValues& a) -> SqlNode {
                     const auto text = format_text(a, c.major());
                     return text.is_null() ? text : SqlNode(short_text(text_of_value(text)));
                   }},
    ServerFunction{"concat", 1, 100,
                   [](const SqlCatalog&, const SqlValues& a) { return joined_texts(a); }},
    ServerFunction{"quote_nullable", 1, 1,
                   [](const SqlCatalog&, const SqlValues& a) -> SqlNode {
                     return a[0].is_null() ? "NULL" : quote_literal(text_of_value(a[0]));
                   }},
};

}  // namespace

std::string short_text(std::string text) {
  constexpr std::size_t longest = std::size_t{1} << 16U;
  if (text.size() > longest) throw Undecidable{"a text of more than 64 kB"};
  return text;
}

std::string text_of_value(const SqlNode& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "t" : "f";
  if (value.is_number()) return std::to_string(value.get<std::int64_t>());
  if (is_reg_value(value)) return value["text"].get<std::string>();
  throw Undecidable{"an array or a row as a text"};
}

SqlNode operated(const std::string& name, const SqlNode& left, const SqlNode& right) {
  if (name.find('~') != std::string::npos) return matched_text(name, left, right);
  if (name == "||") {
    if (left.is_array() || right.is_array()) throw Undecidable{"arrays that are put together"};
    return short_text(text_of_value(left) + text_of_value(right));
  }
  if (name == "+" || name == "-" || name == "*") return arithmetic(name, left, right);
  auto a = left;
  auto b = right;
  if (!are_alike(a, b)) throw Undecidable{"operator " + name};
  if (name == "=") return a == b;
  if (name == "<>" || name == "!=") return a != b;
  if (a.is_string()) throw Undecidable{"the order of texts"};
  if (name == "<") return a < b;
  if (name == "<=") return a <= b;
  if (name == ">") return a > b;
  if (name == ">=") return a >= b;
  throw Undecidable{"operator " + name};
}

SqlNode called(const SqlCatalog& catalog, const std::string& name,
               const std::vector<SqlNode>& arguments) {
  const auto fits = [&](const ServerFunction& f) {
    return f.name == name && arguments.size() >= f.least && arguments.size() <= f.most;
  };
  const auto* const other = std::find_if(other_functions.begin(), other_functions.end(), fits);
  if (other != other_functions.end()) return other->call(catalog, arguments);
  const auto* const strict = std::find_if(strict_functions.begin(), strict_functions.end(), fits);
  if (strict == strict_functions.end()) throw Undecidable{fmt::format("what {}() does", name)};
  const bool null =
      std::any_of(arguments.begin(), arguments.end(), [](const auto& a) { return a.is_null(); });
  return null ? SqlNode() : strict->call(catalog, arguments);
}

SqlNode cast_to(const SqlCatalog& catalog, const std::string& type, const SqlNode& value) {
  if (type == "text" || type == "name" || type == "varchar" || type == "bpchar") {
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    return text_of_value(value);
  }
  if (type == "int4" || type == "int8" || type == "oid" || type == "int2") {
    if (is_reg_value(value)) return value["oid"];
    return value.is_number() ? value : SqlNode(number_in(text_of_value(value)));
  }
  if (type == "bool") {
    const auto truth =
        value.is_boolean() ? std::optional(value.get<bool>()) : parse_bool(text_of_value(value));
    if (!truth) throw Undecidable{"a text that is taken as a truth"};
    return *truth;
  }
  SqlNode found;
  auto absence = Condition::undefined_object;
  if (type == "regrole") {
    found = reg_of_role(catalog, value);
  } else {
    const auto* const known = std::find_if(reg_types.begin(), reg_types.end(),
                                           [&](const RegType& r) { return r.name == type; });
    if (known == reg_types.end()) throw Undecidable{fmt::format("a cast to {}", type)};
    found = reg_value(catalog, *known, value);
    absence = known->absence;
  }
  if (found.is_null()) {
    throw Refused(absence, fmt::format("`{}` does not exist", text_of_value(value)));
  }
  return found;
}

}  // namespace pgleast
