// pgleast access: effective privileges, exactly as has_*_privilege answers.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

#include "access/access_items.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "privileges/graph.hpp"
#include "report/explanation.hpp"
#include "report/rows.hpp"
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

// Objects that no role is told apart by: one list, one owner, one database.
struct SameAnswer {
  ObjectKind kind{};
  AclId acl{};
  RoleId owner{};
  ObjectId database{};
  ObjectId system = no_object;  // what the server keeps for itself goes by the object
  bool operator==(const SameAnswer&) const = default;
};

struct SameAnswerHash {
  std::size_t operator()(const SameAnswer& same) const {
    std::size_t result = static_cast<std::size_t>(same.kind);
    for (const auto part :
         {index(same.acl), index(same.owner), index(same.database), index(same.system)}) {
      result = (result ^ part) * 0x9E3779B97F4A7C15U;
    }
    return result ^ result >> 32U;
  }
};

// What one role holds on such objects, and by which nearest way, as far as it was asked.
struct Answer {
  Held held;
  std::array<std::optional<std::string>, privileges.size()> ways{};
};

class AccessAnswer {
 public:
  AccessAnswer(const Cluster& cluster, const AccessOptions& options)
      : cluster_(cluster),
        graph_(cluster),
        options_(options),
        items_(cluster, options.object, options.system) {
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
    choose_roles();
  }

  /// All rows of a large server would not fit.
  void write(const Write& write) {
    if (options_.explain) return write_explanations(write);
    std::vector<std::string> columns{"role", "kind", "object", "privilege", "grantable", "via"};
    if (databases_ > 1) columns.emplace_back("database");
    row_.resize(columns.size());
    const auto rows = [&](const std::function<void(const TableRow&)>& take) {
      each_cell([&](RoleId role, const AccessItem& f, Privilege p) { take(row(role, f, p)); });
    };
    write_rows(columns, rows, options_.output.format, write);
  }

 private:
  void choose_roles() {
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < cluster_.roles.size(); ++i) {
      const auto& role = cluster_.roles[i];
      if (role.dropped) continue;
      names.push_back(role.name);
      if (options_.role.empty() || role.name == options_.role) roles_.push_back(RoleId{i});
    }
    if (roles_.empty()) {
      fail_usage(fmt::format("there is no role `{}`{}", displayed(options_.role),
                             did_you_mean(options_.role, names)));
    }
    std::sort(roles_.begin(), roles_.end(),
              [&](RoleId a, RoleId b) { return cluster_.role(a).name < cluster_.role(b).name; });
  }

  // Until another role is asked for.
  Answer& answer_of(RoleId role, const Object& object, ObjectId id) {
    const SameAnswer same{object.kind, object.acl, object.owner, object.database,
                          object.system ? id : no_object};
    if (!answers_.empty() && same == last_same_) return answers_[last_answer_];
    const auto [at, added] = answer_ids_.try_emplace(same, answers_.size());
    if (added) answers_.push_back({graph_.held(role, object), {}});
    last_same_ = same;
    last_answer_ = at->second;
    return answers_[last_answer_];
  }

  void find_held(RoleId role) {
    held_.clear();
    answer_ids_.clear();
    answers_.clear();
    for (const auto& item : items_.all()) {
      const auto& object = cluster_.object(item.object);
      auto found = item;
      found.held = answer_of(role, object, item.object).held;
      if (const auto* const column = items_.column_of(item)) {
        const auto all = info(ObjectKind::column).all;
        found.held = column->acl == null_acl
                         ? Held{found.held.privileges & all, found.held.grantable & all}
                         : graph_.held(role, object, *column);
      }
      if (wanted_) found.held.privileges = found.held.privileges & *wanted_;
      if (!found.held.privileges.empty()) held_.push_back(found);
    }
    held_ = items_.sorted(held_);
  }

  template <typename F>
  void each_cell(const F& take) {
    for (const auto role : roles_) {
      // Text asks twice, for the widths first.
      if (role != last_role_) find_held(role);
      last_role_ = role;
      for (const auto& found : held_) {
        found.held.privileges.each([&](Privilege p) { take(role, found, p); });
      }
    }
  }

  const std::string& nearest_way(RoleId role, const AccessItem& found, Privilege p) {
    const auto& object = cluster_.object(found.object);
    const auto* column = items_.column_of(found);
    if (column != nullptr && column->acl == null_acl) column = nullptr;
    auto& way = column != nullptr
                    ? column_way_
                    : answer_of(role, object, found.object).ways[static_cast<std::size_t>(p)];
    if (column != nullptr || !way) {
      const auto cause = graph_.nearest_cause(role, object, column, p);
      way = cause ? via(cluster_, role, object.owner, *cause) : std::string();
    }
    return *way;
  }

  // Until the next call.
  const TableRow& row(RoleId role, const AccessItem& found, Privilege p) {
    const auto& object = cluster_.object(found.object);
    const auto borrow = [&](std::size_t i, std::string_view text) { row_[i] = BorrowedText{text}; };
    borrow(0, cluster_.role(role).name);
    borrow(1, info(items_.kind_of(found)).name);
    if (found.column) {
      row_[2] = items_.identity_of(found);
    } else {
      borrow(2, object.identity);
    }
    borrow(3, info(p).keyword);
    row_[4] = found.held.grantable.has(p);
    borrow(5, nearest_way(role, found, p));
    if (databases_ > 1) {
      borrow(6, object.database == no_object ? std::string_view()
                                             : cluster_.object(object.database).name);
    }
    return row_;
  }

  // Also of what is not held, where it is asked for by name.
  void write_explanations(const Write& write) {
    Explainer explainer(graph_);
    const bool json = options_.output.format == "json";
    bool any = false;
    const auto take = [&](RoleId role, const AccessItem& item, Privilege p) {
      const AskedCell cell{role,
                           item.object,
                           item.column,
                           p,
                           std::string(info(items_.kind_of(item)).name),
                           items_.identity_of(item)};
      if (json) write(any ? ",\n" : "[\n");
      write(json ? explainer.json(cell) : explainer.text(cell));
      any = true;
    };
    each_cell(take);
    if (!any && wanted_ && !options_.role.empty() && !options_.object.empty()) {
      for (const auto& item : items_.sorted(items_.all())) {
        if (grantable_privileges(items_.kind_of(item), cluster_.major()).has(*wanted_)) {
          take(roles_.front(), item, *wanted_);
        }
      }
    }
    if (json) return write(any ? "\n]\n" : "[]\n");
    if (!any) write("no such privilege is held\n");
  }

  const Cluster& cluster_;
  Graph graph_;
  const AccessOptions& options_;
  AccessItems items_;
  std::optional<Privilege> wanted_;
  int databases_ = 0;
  std::vector<RoleId> roles_;

  // What the last role holds.
  RoleId last_role_ = no_role;
  std::vector<AccessItem> held_;
  std::vector<Answer> answers_;
  std::unordered_map<SameAnswer, std::size_t, SameAnswerHash> answer_ids_;
  SameAnswer last_same_;
  std::size_t last_answer_ = 0;
  std::optional<std::string> column_way_;
  TableRow row_;
};

int access(const AccessOptions& options) {
  Timings timings;
  const auto cluster = read_sources(options.sources, timings);
  print_version_note(cluster);
  need(cluster, Fact::roles, "privileges cannot be told");
  need(cluster, Fact::objects, "privileges cannot be told");
  AccessAnswer answer(cluster, options);
  write_output(options.output, [&](const Write& write) { answer.write(write); });
  timings.phase("access");
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
  add_flag(command, "--explain", options->explain,
           "print every path that gives it, and what cuts it");
  add_flag(command, "--system", options->system, "system schemas, too");
  add_source_options(command, options->sources);
  add_output_options(command, options->output, {"text", "csv", "json"});
  add_timings(command, options->timings);
}

}  // namespace pgleast
