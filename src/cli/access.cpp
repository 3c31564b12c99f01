// pgleast access: effective privileges, exactly as has_*_privilege answers.

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/rows.hpp"
#include "fix/statement.hpp"
#include "graph/graph.hpp"
#include "pg/identifier.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct AccessOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string role, object, privilege;
  bool explain = false;
  bool system = false;
  bool timings = false;
};

// What one question is about: an object, or one column of a table.
struct Item {
  ObjectId object{};
  const Column* column = nullptr;
  std::string kind;
  std::string identity;
};

class AccessAnswer {
 public:
  AccessAnswer(const Cluster& cluster, const AccessOptions& options)
      : cluster_(cluster), graph_(cluster), options_(options) {
    if (!options.privilege.empty()) {
      wanted_ = privilege_named(options.privilege);
      if (!wanted_) {
        std::vector<std::string> names;
        for (const auto& p : privileges) names.emplace_back(p.keyword);
        fail_usage(fmt::format("unknown privilege `{}`{}", displayed(options.privilege),
                               did_you_mean(options.privilege, names)));
      }
    }
    for (const auto& o : cluster.objects)
      databases_ += o.kind == ObjectKind::database && cluster.databases[o.detail].read;
  }

  std::string write() {
    const auto items = chosen_items();
    const auto roles = chosen_roles();
    Table table{{"role", "kind", "object", "privilege", "grantable", "via"}, {}};
    if (databases_ > 1) table.columns.emplace_back("database");
    std::string explanation;
    for (const auto role : roles) {
      for (const auto& item : items) {
        const auto held = held_of(role, item);
        const auto shown = wanted_ ? held.privileges & *wanted_ : held.privileges;
        shown.each([&](Privilege p) {
          if (options_.explain) {
            explanation += explain(role, item, p);
          } else {
            table.rows.push_back(row(role, item, p, held.grantable.has(p)));
          }
        });
      }
    }
    if (!options_.explain) return write_table(table, options_.output.format);
    return explanation.empty() ? "no such privilege is held\n" : explanation;
  }

 private:
  std::vector<RoleId> chosen_roles() const {
    std::vector<RoleId> result;
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < cluster_.roles.size(); ++i) {
      const auto& role = cluster_.roles[i];
      if (role.dropped) continue;
      names.push_back(role.name);
      if (options_.role.empty() || role.name == options_.role) result.push_back(RoleId{i});
    }
    if (result.empty()) {
      fail_usage(fmt::format("there is no role `{}`{}", displayed(options_.role),
                             did_you_mean(options_.role, names)));
    }
    std::sort(result.begin(), result.end(),
              [&](RoleId a, RoleId b) { return cluster_.role(a).name < cluster_.role(b).name; });
    return result;
  }

  // `public.orders`, or `table:public.orders` where two kinds share a name.
  bool is_chosen(const Item& item) const {
    const auto& wanted = options_.object;
    return wanted.empty() || wanted == item.identity || wanted == item.kind + ":" + item.identity;
  }

  std::vector<Item> chosen_items() const {
    std::vector<Item> items;
    std::vector<std::string> names;
    const auto add = [&](Item item) {
      names.push_back(item.identity);
      if (is_chosen(item)) items.push_back(std::move(item));
    };
    for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
      const auto& object = cluster_.objects[i];
      if (object.system && !options_.system) continue;
      add({ObjectId{i}, nullptr, std::string(info(object.kind).name), object.identity});
      if (object.kind != ObjectKind::table) continue;
      for (const auto& column : cluster_.relation(object).columns) {
        add({ObjectId{i}, &column, "column",
             object.identity + '.' + shown_identifier(column.name, cluster_.major())});
      }
    }
    if (items.empty() && !options_.object.empty()) {
      fail_usage(fmt::format("there is no object `{}`{}", displayed(options_.object),
                             names.size() < 20000 ? did_you_mean(options_.object, names) : ""));
    }
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
      return std::tie(a.kind, a.identity) < std::tie(b.kind, b.identity);
    });
    return items;
  }

  Held held_of(RoleId role, const Item& item) const {
    const auto& object = cluster_.object(item.object);
    return item.column != nullptr ? graph_.held(role, object, *item.column)
                                  : graph_.held(role, object);
  }

  std::vector<Cause> causes_of(RoleId role, const Item& item, Privilege p) const {
    const auto& object = cluster_.object(item.object);
    return item.column != nullptr ? graph_.causes(role, object, *item.column, p)
                                  : graph_.causes(role, object, p);
  }

  std::vector<Cell> row(RoleId role, const Item& item, Privilege p, bool grantable) const {
    const auto& object = cluster_.object(item.object);
    const auto causes = causes_of(role, item, p);
    const auto way =
        causes.empty() ? std::string() : via(cluster_, role, object.owner, causes.front());
    std::vector<Cell> cells{cluster_.role_name(role),     item.kind, item.identity,
                            std::string(info(p).keyword), grantable, way};
    if (databases_ > 1) {
      cells.emplace_back(object.database == no_object ? std::string()
                                                      : cluster_.object(object.database).name);
    }
    return cells;
  }

  std::string explain(RoleId role, const Item& item, Privilege p) const {
    const auto& object = cluster_.object(item.object);
    auto text = fmt::format("{} holds {} on {} {}\n", displayed(cluster_.role_name(role)),
                            info(p).keyword, item.kind, displayed(item.identity));
    for (const auto& cause : causes_of(role, item, p)) {
      text += "  " + displayed(via(cluster_, role, object.owner, cause)) + '\n';
      for (std::size_t i = 0; i + 1 < cause.path.size(); ++i) text += membership(cause, i);
      text += end_of(role, item, object, p, cause);
    }
    return text + '\n';
  }

  std::string membership(const Cause& cause, std::size_t i) const {
    const auto member = cause.path[i];
    const auto group = cause.path[i + 1];
    for (const auto& m : cluster_.memberships) {
      if (m.member != member || m.role != group || !m.inherit) continue;
      return fmt::format("    {} is a member of {} (inherits; granted by {})\n",
                         displayed(cluster_.role_name(member)),
                         displayed(cluster_.role_name(group)),
                         displayed(cluster_.role_name(m.grantor)));
    }
    return fmt::format("    {} owns the database\n", displayed(cluster_.role_name(member)));
  }

  std::string end_of(RoleId role, const Item& item, const Object& object, Privilege p,
                     const Cause& cause) const {
    const auto name = displayed(cluster_.role_name(role));
    if (cause.kind == Cause::Kind::superuser) return fmt::format("    {} is SUPERUSER\n", name);
    if (cause.kind == Cause::Kind::predefined_role) {
      return fmt::format("    {} holds {} on all such objects\n", cluster_.role_name(cause.grantee),
                         info(p).keyword);
    }
    const bool built_in = cause.kind == Cause::Kind::acl_item && object.acl == null_acl;
    const bool on_column = cause.kind == Cause::Kind::column_item && item.column != nullptr;
    return fmt::format("    GRANT {}{} ON {} TO {}{}\n", info(p).keyword,
                       on_column ? " (" + displayed(quote_identifier(item.column->name)) + ")" : "",
                       displayed(grant_target(cluster_, object)),
                       displayed(grantee_sql(cluster_, cause.grantee)),
                       built_in ? " (built-in default)"
                                : " by " + displayed(cluster_.role_name(cause.item.grantor)));
  }

  const Cluster& cluster_;
  Graph graph_;
  const AccessOptions& options_;
  std::optional<Privilege> wanted_;
  int databases_ = 0;
};

int access(const AccessOptions& options) {
  Timings timings;
  const auto cluster = read_sources(options.sources, timings);
  need(cluster, Fact::objects, "privileges cannot be told");
  const auto answer = AccessAnswer(cluster, options).write();
  timings.phase("access");
  write_output(options.output, answer);
  timings.phase("report");
  if (options.timings) timings.print();
  return 0;
}

}  // namespace

void add_access(CLI::App& app, Run& run) {
  const auto options = std::make_shared<AccessOptions>();
  auto& command = add_command(app, run, "access", "effective privileges, and why they are held",
                              [options] { return access(*options); });
  add_value(command, "--role", options->role, "of this role only", "R");
  add_value(command, "--object", options->object, "on this one: public.orders, table:public.orders",
            "O");
  add_value(command, "--privilege", options->privilege, "this one only: SELECT", "P");
  add_flag(command, "--explain", options->explain, "print every path that gives it");
  add_flag(command, "--system", options->system, "system schemas, too");
  add_source_options(command, options->sources);
  add_output_options(command, options->output, {"text", "csv", "json"});
  add_timings(command, options->timings);
}

}  // namespace pgleast
