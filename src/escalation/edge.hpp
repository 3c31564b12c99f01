#pragma once
// What a file of this room brings: where its kind of step begins and leads, and how one of
// them reads.
//
// Steps are offered, not listed: "whoever holds the privileges of db_owner may ...". Who that is
// is worked out for many roles at once, so nothing here goes through roles times objects.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "escalation/escalation.hpp"
#include "escalation/pinned_path.hpp"
#include "privileges/access_matrix.hpp"
#include "privileges/indirect_use.hpp"
#include "privileges/row_access.hpp"

namespace pgleast {

/// As whom one acts. Who logs in can do all that the others can; code that runs as its owner
/// cannot SET ROLE (miscinit.c, SetUserIdAndSecContext), and only a login replicates.
enum class Mode : std::uint8_t { login, session, code };

/// Whose right it is: an attribute is one's own, the rest is inherited; before 15 what the
/// server's own roles can do is any member's (6198420ad8).
enum class Holding : std::uint8_t { own, inherits, members };

/// On the object or, for CREATE within a database, on it or any schema in it. `found_by`: where
/// that role finds what is created, by its own USAGE or because the creator may grant it that.
/// `owns`: whatever its owner may do.
struct Need {
  ObjectId object{};
  Privilege privilege{};
  bool within = false;
  RoleId found_by = no_role;
  bool owns = false;
  auto operator<=>(const Need&) const = default;
};

/// Where something of one's own can be made, if only a temporary one.
inline std::vector<Need> made_anywhere(ObjectId database) {
  return {{database, Privilege::create, true}, {database, Privilege::temporary}};
}

struct Offer {
  RoleId holder{};
  Holding holding = Holding::own;
  Mode as = Mode::code;
  Goal to;
  Mode becomes = Mode::session;
  std::vector<ObjectId> objects;  // each would do; sorted by identity
  std::vector<Need> all;          // that who takes it must hold, too
  std::vector<Need> any;          // one of them; empty: none
  bool needs_victim = false;
  bool certain = true;
  bool itself = false;   // from how one acts as the holder to how one can: no step to another
  std::string why;       // for the telling
  std::string part;      // the same: an operator, of a schema that is `objects`
  std::size_t item = 0;  // the same: which membership, record, ...
  std::size_t edge = 0;  // of the table
};

class CodeFlow;

/// Before, only an index has them, and that is made in its table's schema.
constexpr bool statistics_have_expressions(int major) { return major >= 14; }

/// What edges ask of the cluster, found once.
class Context {
 public:
  Context(const Graph& graph, const Connections& connections)
      : graph_(graph),
        connections_(connections),
        matrix_(graph),
        database_owner_(graph.cluster().find_role(database_owner_role)) {}

  const Graph& graph() const { return graph_; }
  const Cluster& cluster() const { return graph_.cluster(); }
  const DecidedConnections& connections() const { return connections_.decided(); }

  /// Who holds a privilege.
  const RoleSet& holders(const Need& need) const;
  /// Whoever has it may do so: PUBLIC stands for any role.
  static Goal whoever(RoleId user);
  /// What users' tables and their columns let others do: for each owner, grantee and schema the
  /// privileges, with the first table of each. Views and materialized views by themselves.
  struct Use {
    RoleId owner{};
    RoleId grantee{};
    char relkind = 'r';  // r for every kind of table, v, m
    Privilege privilege{};
    ObjectId schema{};
    auto operator<=>(const Use&) const = default;
  };
  const std::map<Use, ObjectId>& uses() const;
  /// As whom one acts who is a grantee, or inherits from it, and can name what is in the schema,
  /// or be let by who is `letting` them. Of a large group the group alone is told.
  std::vector<RoleId> users(RoleId grantee, ObjectId schema, RoleId letting = no_role) const;
  /// Who does one of these to the table or to a column of it: its owner, and who was granted it.
  std::set<RoleId> users_of(const Object& table, PrivilegeSet which,
                            RoleId letting = no_role) const;
  /// Users' tables of that owner and kind.
  const std::vector<ObjectId>& tables_of(RoleId owner, char relkind) const;
  /// Takes these from `grantee` on every table of that owner and kind, and on its columns.
  std::vector<Remedy> taken_from(RoleId grantee, RoleId owner, char relkind,
                                 PrivilegeSet privileges) const;
  /// What is done by way of something else; worked out once.
  const IndirectUses& indirect_uses() const {
    if (!indirect_uses_) indirect_uses_.emplace(graph_);
    return *indirect_uses_;
  }
  const RowReach& row_reach() const {
    if (!row_reach_) row_reach_.emplace(graph_);
    return *row_reach_;
  }
  const CodeFlow& flow() const;
  const PathPins& pins() const {
    if (!pins_) pins_.emplace(graph_);
    return *pins_;
  }
  /// Whom such a record lets log in, whatever it asks for; none: the records are not known.
  std::optional<RoleSet> logs_in(const std::function<bool(const HbaRecord&)>& by,
                                 bool replication = false) const;
  /// The schemas of a database by name.
  ObjectId schema_named(ObjectId database, const std::string& name) const;
  /// pg_database_owner is the owner of the object's database.
  RoleId resolved(RoleId role, ObjectId database) const;

  std::string shown(RoleId role) const;
  std::string shown(ObjectId object) const;
  /// `"public"."orders"`, `public.refund(integer)`: to stand in a statement.
  std::string sql(ObjectId object) const;
  std::string sql(RoleId role) const;
  /// "refund(integer) and 3 more".
  std::string shown(const std::vector<ObjectId>& objects) const;
  /// "app", or "app (through staff > files)" where `holder` is another.
  std::string shown(RoleId role, RoleId holder) const;

  /// An offer for each role that may do it to the object, but superusers and `but`.
  void offer_to_holders(ObjectId object, Privilege privilege, Offer offer,
                        std::vector<Offer>& offers, RoleId but = no_role) const;
  /// Takes `privilege` from whoever makes `from` hold it by `holder`; what it owns itself it gets
  /// no more by owning it.
  std::vector<Remedy> revoked(const Offer& offer, RoleId from, Privilege privilege) const;
  /// Takes whatever makes `from` a member of `holder` out of it; none: it is no member.
  std::vector<Remedy> leave_group(RoleId from, RoleId holder, Closure closure) const;

 private:
  RoleSet found_from(const Need& need) const;

  const Graph& graph_;
  const Connections& connections_;
  AccessMatrix matrix_;
  std::optional<RoleId> database_owner_;
  mutable std::map<Need, RoleSet> holders_;
  mutable std::optional<std::map<Use, ObjectId>> uses_;
  mutable std::map<std::pair<RoleId, char>, std::vector<ObjectId>> tables_of_;
  mutable std::optional<std::map<std::pair<ObjectId, std::string>, ObjectId>> schemas_;
  mutable std::optional<IndirectUses> indirect_uses_;
  mutable std::optional<RowReach> row_reach_;
  mutable std::optional<PathPins> pins_;
  mutable std::shared_ptr<const CodeFlow> flow_;  // shared: it is made known elsewhere
};

struct Edge {
  EscalationInfo info;
  bool alone;  // whether any of its steps needs no victim
  void (*find)(const Context&, std::vector<Offer>&);
  /// Fills `how`, `statements` and `cut`; the rest of the step is there.
  void (*describe)(const Context&, const Offer&, Step&);
};

/// All edges, sorted by id.
const std::vector<Edge>& edges();

/// Whoever acts as a role sets its password and logs in as it: offers of no edge but all, told as
/// ESC-PASSWORD.
std::vector<Offer> own_passwords(const Context& context);

// One pair for each row.
#define PGLEAST_EDGE(name)                               \
  void find_##name(const Context&, std::vector<Offer>&); \
  void describe_##name(const Context&, const Offer&, Step&)
PGLEAST_EDGE(admin);
PGLEAST_EDGE(bypass_rls);
PGLEAST_EDGE(cloud_admin);
PGLEAST_EDGE(create_database);
PGLEAST_EDGE(create_role);
PGLEAST_EDGE(database);
PGLEAST_EDGE(decode);
PGLEAST_EDGE(default);
PGLEAST_EDGE(dump);
PGLEAST_EDGE(event_trigger);
PGLEAST_EDGE(extension);
PGLEAST_EDGE(file_functions);
PGLEAST_EDGE(hash);
PGLEAST_EDGE(hidden_settings);
PGLEAST_EDGE(identity_map);
PGLEAST_EDGE(index_expression);
PGLEAST_EDGE(language);
PGLEAST_EDGE(large_objects);
PGLEAST_EDGE(loopback);
PGLEAST_EDGE(materialized_view);
PGLEAST_EDGE(owner);
PGLEAST_EDGE(parameter);
PGLEAST_EDGE(password);
PGLEAST_EDGE(policy);
PGLEAST_EDGE(programs);
PGLEAST_EDGE(read_data);
PGLEAST_EDGE(read_files);
PGLEAST_EDGE(record_edit);
PGLEAST_EDGE(references);
PGLEAST_EDGE(replace_function);
PGLEAST_EDGE(replication);
PGLEAST_EDGE(rule);
PGLEAST_EDGE(search_path);
PGLEAST_EDGE(security_definer);
PGLEAST_EDGE(set_role);
PGLEAST_EDGE(subscription);
PGLEAST_EDGE(superuser);
PGLEAST_EDGE(trigger);
PGLEAST_EDGE(untrusted);
PGLEAST_EDGE(user_mapping);
PGLEAST_EDGE(view);
PGLEAST_EDGE(view_code);
PGLEAST_EDGE(write_catalog);
PGLEAST_EDGE(write_data);
PGLEAST_EDGE(write_files);
#undef PGLEAST_EDGE

}  // namespace pgleast
