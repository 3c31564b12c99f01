// pgleast access: effective privileges, exactly as has_*_privilege answers.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "cli/command.hpp"
#include "cli/explanation.hpp"
#include "cli/options.hpp"
#include "cli/rows.hpp"
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

constexpr std::uint32_t no_column = 0xFFFFFFFF;

// By their names.
constexpr auto ranks_of_kinds = [] {
  std::array<std::size_t, object_kinds.size()> ranks{};
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    for (const auto& other : object_kinds) ranks[i] += other.name < object_kinds[i].name ? 1U : 0U;
  }
  return ranks;
}();

// What one question is about: an object, or one column of a table, and what is held on it.
struct Item {
  ObjectId object{};
  std::uint32_t column = no_column;
  Held held;
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
    choose_roles();
    choose_items();
  }

  /// All rows of a large server would not fit.
  void write(const Write& write) {
    if (options_.explain) return write_explanations(write);
    std::vector<std::string> columns{"role", "kind", "object", "privilege", "grantable", "via"};
    if (databases_ > 1) columns.emplace_back("database");
    const auto rows = [&](const std::function<void(const Row&)>& take) {
      each_cell([&](RoleId role, const Item& item, Privilege p) { take(row(role, item, p)); });
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

  // `public.orders`, or `table:public.orders` where two kinds share a name.
  bool is_chosen(const Object& object) const {
    const auto& wanted = options_.object;
    const auto kind = info(object.kind).name;
    return wanted.empty() || wanted == object.identity ||
           (wanted.size() == kind.size() + 1 + object.identity.size() && wanted.starts_with(kind) &&
            wanted[kind.size()] == ':' && wanted.ends_with(object.identity));
  }

  // `public.orders.id`, or `column:public.orders.id`.
  bool is_chosen(const Object& table, const Column& column) const {
    std::string_view wanted = options_.object;
    if (wanted.empty()) return true;
    if (wanted.starts_with("column:")) wanted.remove_prefix(7);
    if (!wanted.starts_with(table.identity)) return false;
    wanted.remove_prefix(table.identity.size());
    return wanted.starts_with('.') && wanted.substr(1) == shown(column);
  }

  void choose_items() {
    for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
      const auto& object = cluster_.objects[i];
      if (object.system && !options_.system) continue;
      if (is_chosen(object)) items_.push_back({ObjectId{i}, no_column, {}});
      if (object.kind != ObjectKind::table) continue;
      const auto& columns = cluster_.relation(object).columns;
      for (std::uint32_t c = 0; c < columns.size(); ++c) {
        if (is_chosen(object, columns[c])) items_.push_back({ObjectId{i}, c, {}});
      }
    }
    if (items_.empty() && !options_.object.empty()) fail_unknown_object();
  }

  [[noreturn]] void fail_unknown_object() const {
    constexpr std::size_t many = 20000;
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < cluster_.objects.size() && names.size() < many; ++i) {
      const auto& object = cluster_.objects[i];
      if (object.system && !options_.system) continue;
      names.push_back(object.identity);
      if (object.kind != ObjectKind::table) continue;
      for (const auto& column : cluster_.relation(object).columns) {
        names.push_back(object.identity + '.' + shown(column));
      }
    }
    fail_usage(fmt::format("there is no object `{}`{}", displayed(options_.object),
                           names.size() < many ? did_you_mean(options_.object, names) : ""));
  }

  std::string shown(const Column& column) const {
    return shown_identifier(column.name, cluster_.major());
  }
  const Column* column_of(const Item& item) const {
    if (item.column == no_column) return nullptr;
    return &cluster_.relation(cluster_.object(item.object)).columns[item.column];
  }
  std::string_view kind_of(const Item& item) const {
    return info(item.column == no_column ? cluster_.object(item.object).kind : ObjectKind::column)
        .name;
  }
  std::string identity_of(const Item& item) const {
    const auto& identity = cluster_.object(item.object).identity;
    return item.column == no_column ? identity : identity + '.' + shown(*column_of(item));
  }

  // By identity, of the same kind.
  bool is_before(const Item& a, const Item& b) const {
    if (a.column != no_column && a.object == b.object) {
      return shown(*column_of(a)) < shown(*column_of(b));
    }
    std::string_view first = cluster_.object(a.object).identity;
    std::string_view second = cluster_.object(b.object).identity;
    if (a.column == no_column) return first < second;
    const auto same = static_cast<std::size_t>(
        std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first -
        first.begin());
    const auto next = [&](std::string_view text) {
      return static_cast<unsigned char>(same < text.size() ? text[same] : '.');
    };
    return next(first) < next(second);
  }

  // One table's answer is most of its columns' answer, too.
  std::vector<Item> held_by(RoleId role) const {
    std::vector<Item> result;
    ObjectId table = no_object;
    Held of_table;
    for (auto item : items_) {
      const auto& object = cluster_.object(item.object);
      if (item.object != table) of_table = graph_.held(role, object);
      table = item.object;
      item.held = of_table;
      if (const auto* const column = column_of(item)) {
        const auto all = info(ObjectKind::column).all;
        item.held = column->acl == null_acl
                        ? Held{of_table.privileges & all, of_table.grantable & all}
                        : graph_.held(role, object, *column);
      }
      if (wanted_) item.held.privileges = item.held.privileges & *wanted_;
      if (!item.held.privileges.empty()) result.push_back(item);
    }
    return sorted(result);
  }

  // The kind's rank and the beginning of the identity, which mostly decide: names lie all over
  // the memory.
  struct Key {
    std::size_t kind = 0;
    std::array<std::uint64_t, 2> begin{};
    std::uint32_t at = 0;
  };

  Key key_of(const Item& item, std::uint32_t at) const {
    const auto kind =
        item.column == no_column ? cluster_.object(item.object).kind : ObjectKind::column;
    Key key{ranks_of_kinds[static_cast<std::size_t>(kind)], {}, at};
    const auto& identity = cluster_.object(item.object).identity;
    for (std::size_t i = 0; i < 16; ++i) {
      const char after = i == identity.size() && item.column != no_column ? '.' : '\0';
      const auto byte = static_cast<unsigned char>(i < identity.size() ? identity[i] : after);
      key.begin[i / 8] = key.begin[i / 8] << 8U | byte;
    }
    return key;
  }

  std::vector<Item> sorted(const std::vector<Item>& items) const {
    std::vector<Key> keys;
    keys.reserve(items.size());
    for (std::uint32_t i = 0; i < items.size(); ++i) keys.push_back(key_of(items[i], i));
    std::stable_sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
      if (a.kind != b.kind) return a.kind < b.kind;
      if (a.begin != b.begin) return a.begin < b.begin;
      return is_before(items[a.at], items[b.at]);
    });
    std::vector<Item> result;
    result.reserve(items.size());
    for (const auto& key : keys) result.push_back(items[key.at]);
    return result;
  }

  template <typename F>
  void each_cell(const F& take) {
    for (const auto role : roles_) {
      // Text asks twice, for the widths first.
      if (role != last_role_) last_held_ = held_by(role);
      last_role_ = role;
      for (const auto& item : last_held_) {
        item.held.privileges.each([&](Privilege p) { take(role, item, p); });
      }
    }
  }

  // What the table gives is the same for all its columns.
  std::string nearest_way(RoleId role, const Item& item, Privilege p) {
    const auto& object = cluster_.object(item.object);
    const auto* column = column_of(item);
    if (column != nullptr && column->acl == null_acl) column = nullptr;
    const auto find = [&] {
      const auto cause = graph_.nearest_cause(role, object, column, p);
      return cause ? via(cluster_, role, object.owner, *cause) : std::string();
    };
    if (column != nullptr) return find();
    if (ways_of_ != std::pair{role, item.object}) ways_ = {};
    ways_of_ = {role, item.object};
    auto& way = ways_[static_cast<std::size_t>(p)];
    if (!way) way = find();
    return *way;
  }

  Row row(RoleId role, const Item& item, Privilege p) {
    const auto& object = cluster_.object(item.object);
    Row cells{cluster_.role_name(role),     std::string(kind_of(item)), identity_of(item),
              std::string(info(p).keyword), item.held.grantable.has(p), nearest_way(role, item, p)};
    if (databases_ > 1) {
      cells.emplace_back(object.database == no_object ? std::string()
                                                      : cluster_.object(object.database).name);
    }
    return cells;
  }

  // Also of what is not held, where it is asked for by name.
  void write_explanations(const Write& write) {
    Explainer explainer(graph_);
    const bool json = options_.output.format == "json";
    bool any = false;
    const auto take = [&](RoleId role, const Item& item, Privilege p) {
      const AskedCell cell{
          role, item.object, column_place(item), p, std::string(kind_of(item)), identity_of(item)};
      if (json) write(any ? ",\n" : "[\n");
      write(json ? explainer.json(cell) : explainer.text(cell));
      any = true;
    };
    each_cell(take);
    if (!any && wanted_ && !options_.role.empty() && !options_.object.empty()) {
      for (const auto& item : items_) {
        const auto kind =
            item.column == no_column ? cluster_.object(item.object).kind : ObjectKind::column;
        if (grantable_privileges(kind, cluster_.major()).has(*wanted_)) {
          take(roles_.front(), item, *wanted_);
        }
      }
    }
    if (json) return write(any ? "\n]\n" : "[]\n");
    if (!any) write("no such privilege is held\n");
  }

  static std::optional<std::size_t> column_place(const Item& item) {
    if (item.column == no_column) return std::nullopt;
    return item.column;
  }

  const Cluster& cluster_;
  Graph graph_;
  const AccessOptions& options_;
  std::optional<Privilege> wanted_;
  int databases_ = 0;
  std::vector<RoleId> roles_;
  std::vector<Item> items_;
  RoleId last_role_ = no_role;
  std::vector<Item> last_held_;
  std::pair<RoleId, ObjectId> ways_of_{no_role, no_object};
  std::array<std::optional<std::string>, privileges.size()> ways_;
};

int access(const AccessOptions& options) {
  Timings timings;
  const auto cluster = read_sources(options.sources, timings);
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
