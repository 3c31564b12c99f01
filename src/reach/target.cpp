#include "reach/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/named_object.hpp"
#include "pg/identifier.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::array<std::pair<std::string_view, Power>, 3> powers{
    {{"superuser", Power::superuser},
     {"os", Power::operating_system},
     {"cluster", Power::whole_cluster}}};

ObjectKind kind_of(const Cluster& cluster, const Target& target) {
  return target.column ? ObjectKind::column : cluster.object(target.object).kind;
}

// What people mean when they ask who gets to it.
Privilege most_telling(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::database:
      return Privilege::connect;
    case ObjectKind::function:
      return Privilege::execute;
    case ObjectKind::tablespace:
      return Privilege::create;
    case ObjectKind::parameter:
      return Privilege::set;
    case ObjectKind::table:
    case ObjectKind::column:
    case ObjectKind::sequence:
    case ObjectKind::large_object:
      return Privilege::select;
    default:
      return Privilege::usage;
  }
}

[[noreturn]] void refuse_privilege(const std::string& name, ObjectKind kind, int major) {
  std::vector<std::string> known, all;
  grantable_privileges(kind, major).each([&](Privilege p) { known.emplace_back(info(p).keyword); });
  for (const auto& p : privileges) all.emplace_back(p.keyword);
  if (!privilege_named(name)) {
    fail_usage(fmt::format("unknown privilege `{}`{}", displayed(name), did_you_mean(name, all)));
  }
  fail_usage(fmt::format("{} is no privilege on a {}: there {} {}", displayed(name),
                         info(kind).name, known.size() == 1 ? "is" : "are",
                         listed(known, known.size())));
}

// Each table has a type of its name, which nobody means.
void prefer_tables(const Cluster& cluster, std::vector<Target>& found) {
  const auto is = [&](ObjectKind kind) {
    return [&, kind](const Target& t) { return kind_of(cluster, t) == kind; };
  };
  if (std::any_of(found.begin(), found.end(), is(ObjectKind::table))) {
    std::erase_if(found, is(ObjectKind::type));
  }
}

std::vector<Target> with_privilege(const Cluster& cluster, std::vector<Target> found,
                                   const std::string& name) {
  std::vector<Target> result;
  for (auto& target : found) {
    const auto kind = kind_of(cluster, target);
    const auto privilege = name.empty() ? most_telling(kind) : privilege_named(name);
    if (!privilege || !grantable_privileges(kind, cluster.major()).has(*privilege)) continue;
    target.privilege = *privilege;
    result.push_back(target);
  }
  if (result.empty()) refuse_privilege(name, kind_of(cluster, found.front()), cluster.major());
  return result;
}

std::string quoted_name(const Cluster& cluster, const Object& object) {
  auto name = quote_identifier(object.name);
  if (object.schema == no_object) return name;
  return quote_identifier(cluster.object(object.schema).name) + '.' + name;
}

std::string table_statement(const Cluster& cluster, const Target& target,
                            const std::string& column) {
  const auto name = quoted_name(cluster, cluster.object(target.object));
  switch (target.privilege) {
    case Privilege::select:
      return fmt::format("SELECT {} FROM {};", column.empty() ? "*" : column, name);
    case Privilege::insert:
      return column.empty() ? fmt::format("INSERT INTO {} DEFAULT VALUES;", name)
                            : fmt::format("INSERT INTO {} ({}) VALUES (DEFAULT);", name, column);
    case Privilege::update:
      return column.empty() ? "" : fmt::format("UPDATE {} SET {} = DEFAULT;", name, column);
    case Privilege::delete_:
      return fmt::format("DELETE FROM {};", name);
    case Privilege::truncate:
      return fmt::format("TRUNCATE {};", name);
    case Privilege::maintain:
      return fmt::format("ANALYZE {};", name);
    default:
      return "";
  }
}

// `public.refund(integer, text)` takes NULL for each.
std::string call_of(const Cluster& cluster, const Object& object) {
  const auto& identity = object.identity;
  const auto open = identity.rfind('(');
  if (open == std::string::npos || !identity.ends_with(')')) return "";
  std::string arguments;
  const auto types = identity.substr(open + 1, identity.size() - open - 2);
  for (std::size_t begin = 0; begin < types.size();) {
    const auto end = std::min(types.find(',', begin), types.size());
    if (!arguments.empty()) arguments += ", ";
    arguments += "NULL::" + types.substr(begin, end - begin);
    begin = end + 1;
  }
  const auto& function = cluster.function(object);
  return fmt::format("{} {}({});", function.prokind == 'p' ? "CALL" : "SELECT",
                     quoted_name(cluster, object), arguments);
}

}  // namespace

std::optional<Power> power_named(std::string_view name) {
  for (const auto& [word, power] : powers) {
    if (name == word) return power;
  }
  return std::nullopt;
}

std::vector<Target> targets_named(const Cluster& cluster, const std::string& name,
                                  const std::string& privilege) {
  if (const auto power = power_named(name)) {
    return {{power, no_object, std::nullopt, Privilege::select}};
  }
  NamingRange range;
  for (const auto& [word, power] : powers) range.words.emplace_back(word);
  std::vector<Target> found;
  for (const auto& named : objects_named(cluster, name, range)) {
    found.push_back({std::nullopt, named.object, named.column, {}});
  }
  prefer_tables(cluster, found);
  return with_privilege(cluster, std::move(found), privilege);
}

ObjectId database_of(const Cluster& cluster, const Target& target) {
  if (target.power) return no_object;
  const auto& object = cluster.object(target.object);
  return object.kind == ObjectKind::database ? target.object : object.database;
}

std::string end_of_path(const Cluster& cluster, const Target& target) {
  if (!target.power) return displayed(identity_of(cluster, {target.object, target.column}));
  return std::string(to_string(*target.power));
}

std::string to_string(const Cluster& cluster, const Target& target) {
  if (target.power) return end_of_path(cluster, target);
  return fmt::format("{} {}", end_of_path(cluster, target), info(target.privilege).keyword);
}

std::vector<Reason> reasons_of(const Graph& graph, RoleId role, const Target& target,
                               const std::vector<std::string>& columns) {
  const auto& cluster = graph.cluster();
  if (target.power) {
    if (!cluster.role(role).superuser) return {};
    return {{target, {Cause::Kind::superuser, {role}, {}, role}}};
  }
  const auto& object = cluster.object(target.object);
  const bool in_schema = object.schema != no_object && object.kind != ObjectKind::database;
  if (in_schema &&
      !graph.held(role, cluster.object(object.schema)).privileges.has(Privilege::usage))
    return {};
  std::vector<Reason> result;
  const auto add = [&](const Target& of, std::vector<Cause> causes) {
    for (auto& cause : causes) result.push_back({of, std::move(cause)});
  };
  if (target.column) {
    const auto& column = cluster.relation(object).columns[*target.column];
    add(target, graph.causes(role, object, column, target.privilege));
    return result;
  }
  add(target, graph.causes(role, object, target.privilege));
  if (object.kind != ObjectKind::table) return result;
  const auto& all = cluster.relation(object).columns;
  for (std::uint32_t c = 0; c < all.size(); ++c) {
    const bool wanted =
        columns.empty() || std::find(columns.begin(), columns.end(), all[c].name) != columns.end();
    if (all[c].acl == null_acl || !wanted) continue;
    auto of_column = graph.causes(role, object, all[c], target.privilege);
    std::erase_if(of_column,
                  [](const Cause& cause) { return cause.kind != Cause::Kind::column_item; });
    add({std::nullopt, target.object, c, target.privilege}, std::move(of_column));
  }
  return result;
}

std::string statement_for(const Cluster& cluster, const Target& target) {
  if (target.power) {
    return *target.power == Power::operating_system ? "COPY (SELECT) TO PROGRAM 'id';" : "";
  }
  const auto& object = cluster.object(target.object);
  switch (object.kind) {
    case ObjectKind::table: {
      const auto& columns = cluster.relation(object).columns;
      const bool named =
          target.column || (target.privilege == Privilege::update && !columns.empty());
      return table_statement(
          cluster, target, named ? quote_identifier(columns[target.column.value_or(0)].name) : "");
    }
    case ObjectKind::sequence:
      if (target.privilege == Privilege::select) {
        return fmt::format("SELECT last_value FROM {};", quoted_name(cluster, object));
      }
      return fmt::format(
          "SELECT {};",
          target.privilege == Privilege::usage
              ? fmt::format("nextval({})", quote_literal(quoted_name(cluster, object)))
              : fmt::format("setval({}, 1)", quote_literal(quoted_name(cluster, object))));
    case ObjectKind::function:
      return call_of(cluster, object);
    case ObjectKind::schema:
      return target.privilege == Privilege::create
                 ? fmt::format("CREATE TABLE {}.\"new\" ();", quote_identifier(object.name))
                 : "";
    case ObjectKind::large_object:
      return target.privilege == Privilege::select
                 ? fmt::format("SELECT lo_get({});", object.oid)
                 : fmt::format("SELECT lo_put({}, 0, '');", object.oid);
    default:
      return "";
  }
}

}  // namespace pgleast
