#pragma once
// One PostgreSQL server with all its databases: plain values, whatever the source,
// and what could not be read. The hub: readers fill it, all else reads it.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/acl.hpp"
#include "model/code.hpp"
#include "model/config_file.hpp"
#include "model/hba.hpp"
#include "model/ident.hpp"
#include "model/ids.hpp"
#include "model/object.hpp"
#include "model/pooler.hpp"
#include "model/role.hpp"
#include "model/said.hpp"
#include "model/setting.hpp"
#include "pg/version.hpp"

namespace pgleast {

/// What a rule may need to know. Each is seen or unseen as a whole.
enum class Fact {
  roles,          // roles, their attributes and memberships
  passwords,      // which kind of password is stored
  objects,        // databases, what is in those that were asked for, access lists
  settings,       // settings in force
  role_settings,  // ALTER ROLE/DATABASE ... SET
  hba,            // the records of pg_hba.conf
  ident,          // the records of pg_ident.conf
  code,           // what functions, views, triggers and policies do; where servers lead
  extensions,     // which extensions the server offers, and trusts
};
inline constexpr std::size_t fact_count = 9;

/// Of what may become known: nothing was made in any database yet, so there is nothing to see.
enum class UnseenKind { other, nothing_made };

/// Why a fact is not known, and what would let it be: "pg_authid cannot be read by
/// audit_ro", "GRANT SELECT ON pg_authid TO audit_ro".
struct Unseen {
  std::string why;
  std::string remedy;
  UnseenKind kind = UnseenKind::other;
  bool operator==(const Unseen&) const = default;
};

/// What a remark is on, for another source may take its place.
enum class RemarkKind { other, text_of_hba, text_of_ident, version };

/// Said of what was read in part: a file that lies on the server and could not be read.
struct Remark {
  std::string why;
  std::string remedy;
  RemarkKind kind = RemarkKind::other;
  bool operator==(const Remark&) const = default;
};

struct Cluster {
  int version_num = newest_version_num;  // the true one: major() says whose rules apply
  std::string name;    // for the summary: the database connected to, a snapshot's, or empty
  std::string server;  // "PostgreSQL 15.18"; empty without a server
  std::string reader;  // the role that read the server; empty without one

  std::vector<Role> roles;
  std::vector<Membership> memberships;
  std::vector<Acl> acls;
  std::vector<Object> objects;
  std::vector<DatabaseDetail> databases;
  std::vector<RelationDetail> relations;
  std::vector<FunctionDetail> functions;
  std::vector<LanguageDetail> languages;
  std::vector<ForeignServerDetail> foreign_servers;
  std::vector<RowPolicy> row_policies;
  std::vector<DefaultAcl> default_acls;
  std::vector<Inheritance> inheritances;         // by child
  std::vector<ForeignKey> foreign_keys;          // by child, then name
  std::vector<UniqueKey> unique_keys;            // by table
  std::vector<Body> bodies;                      // by object
  std::vector<Attachment> attachments;           // by relation, then kind and name
  std::vector<EventTrigger> event_triggers;      // by database, then name
  std::vector<ForeignTable> foreign_tables;      // by table
  std::vector<UserMapping> user_mappings;        // by server, then role
  std::vector<Extension> extensions;             // by database, then name
  std::vector<std::string> trusted_extensions;   // that CREATE on a database suffices for; sorted
  std::vector<Subscription> subscriptions;       // by database, then name
  std::vector<Setting> settings;                 // sorted by name, whatever its case
  std::vector<SettingProblem> setting_problems;  // in the order of the files
  std::vector<RoleSetting> role_settings;
  HbaFile hba;
  IdentFile ident;
  std::vector<Pooler> poolers;    // in front of the server, as they were given
  std::vector<ConfigFile> files;  // the texts that these came from, in reading order
  Sayings said;                   // where scripts said it

  /// INVARIANT: a fact that is not here was seen.
  std::map<Fact, Unseen> unseen;
  /// Settings that the server hides from the reader; the remedy is the same for all.
  std::optional<Unseen> hidden_settings;
  /// Databases that were asked for and could not be read: what lies in them is unseen.
  std::optional<Unseen> unread_databases;
  std::vector<Remark> remarks;

  /// Whose rules apply: of a newer server than is known those of the newest.
  int major() const { return major_of(version_num); }
  bool seen(Fact fact) const { return !unseen.contains(fact); }

  const Role& role(RoleId id) const { return roles[index(id)]; }
  const Object& object(ObjectId id) const { return objects[index(id)]; }
  const RelationDetail& relation(const Object& table) const { return relations[table.detail]; }
  const FunctionDetail& function(const Object& f) const { return functions[f.detail]; }
  const LanguageDetail& language(const Object& l) const { return languages[l.detail]; }
  const ForeignServerDetail& foreign_server(const Object& s) const {
    return foreign_servers[s.detail];
  }

  /// "PUBLIC" for public_role.
  std::string role_name(RoleId id) const;
  std::optional<RoleId> find_role(std::string_view name) const;
  const Setting* find_setting(std::string_view name) const;
  /// The access list in force: the stored one or the built-in default.
  Acl effective_acl(const Object& object) const;
  /// The same for a column: a null one is empty.
  const Acl& column_acl(const Column& column) const;

  bool operator==(const Cluster&) const = default;
};

/// A cluster of which nothing is known yet: every fact is unseen, "no source was given".
Cluster unknown_cluster(int version_num);

/// One that is gone: its number is left in access lists and memberships, and is its name.
RoleId dropped_role(Cluster& cluster, std::uint32_t oid, const std::string& name);

/// The number of an access list: equal ones share one.
class AclPool {
 public:
  explicit AclPool(Cluster& cluster);
  /// From the text of an aclitem[] of the catalogs. Throws Error.
  AclId intern_text(std::string_view text);

 private:
  RoleId role_named(const std::string& name);
  Cluster& cluster_;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, RoleId> roles_;
  std::unordered_map<std::string, AclId, Hash, std::equal_to<>> by_text_;
};

}  // namespace pgleast
