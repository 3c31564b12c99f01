#pragma once
// Where scripts said what they change: after each statement what it changed is compared with what
// was there before it, and what is new was said by that statement.
//
//   GRANT SELECT ON t TO app;       -- line 1: says it
//   GRANT SELECT ON t TO app;       -- says nothing new
//   REVOKE SELECT ON t FROM app;    -- nobody says it any more
//
// The journal takes back what was said, too.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

class ScriptSayings {
 public:
  /// Keeps a reference.
  explicit ScriptSayings(SqlCatalog& catalog);

  /// A statement begins: what was changed before it is said, or was taken back.
  void begin() { before_.clear(); }
  /// The statement at `offset` is done. In a transaction the journal takes back what it says.
  void say(const Source& script, std::size_t offset, bool in_transaction);
  /// Into the model, which is numbered anew.
  void finish(const Renumbered& now);

 private:
  // Keys of Cluster::default_acls and role_settings, whose places change while scripts are run.
  using DefaultKey = std::tuple<ObjectId, RoleId, ObjectId, char>;
  using SettingKey = std::tuple<ObjectId, RoleId, std::string>;
  template <typename Key>
  struct Numbered {
    std::map<Key, std::uint32_t> numbers;
    std::uint32_t of(const Key& key) {
      return numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second;
    }
  };
  static DefaultKey key_of(const DefaultAcl& d) {
    return {d.database, d.creator, d.schema, d.type};
  }
  static SettingKey key_of(const RoleSetting& s) { return {s.database, s.role, s.name}; }

  enum class How : std::uint8_t { give, take, set, set_if_new, end };
  /// A column is its number, which stays; a default and a setting the number of its key.
  struct Note {
    SaidFact fact;
    PrivilegeSet privileges;
    How how = How::give;
    SaidAt at;
  };
  void take_back(std::size_t mark);

  // What is new of each kind.
  void say_roles();
  void say_memberships();
  void say_objects();
  void say_made(ObjectId id);
  void say_object(const Before::OfObject& before);
  void say_columns();
  void say_details();
  void say_default_acls();
  void say_role_settings();
  void compare(const Acl& before, const Acl& now, const SaidFact& fact);
  const Acl& list_of(AclId id) const;
  /// The list in force, of an object that has that one stored; `built_in` holds one that is not.
  const Acl& list_in_force(const Object& object, AclId stored, RoleId owner, Acl& built_in) const;
  /// What a new object has by default privileges was said by those.
  std::optional<SaidAt> said_by_default(const Object& object, RoleId grantee, Privilege privilege);
  bool is_gone(ObjectId id) const;
  EntityId entity_of(ObjectId table);
  int column_number(ObjectId table, std::size_t place);

  // Where.
  SaidAt here();
  std::uint32_t file_of(const Source& script);
  void note(How how, const SaidFact& fact, PrivilegeSet privileges = {});
  void note(const SaidFact& fact, PrivilegeSet privileges, const SaidAt& at);

  // In the end.
  struct Places;
  /// All that is noted of one fact, the oldest first: what of it is left, into the model.
  void tell(const Note* begin, const Note* end, const SaidFact& fact);
  std::optional<SaidFact> translated(SaidFact fact, const Places& places);
  std::optional<SaidFact> translated_object(SaidFact fact, const Renumbered& now);
  std::optional<std::uint32_t> column_place(ObjectId table, std::uint32_t number);

  SqlCatalog& catalog_;
  Before& before_;
  std::vector<Note> notes_;              // in the order of the scripts
  std::vector<std::size_t> by_default_;  // those of default privileges
  Numbered<DefaultKey> defaults_;
  Numbered<SettingKey> settings_;
  std::unordered_map<ObjectId, EntityId> entities_;  // some; one may be out of date

  const Source* script_ = nullptr;
  std::size_t offset_ = 0;
  std::optional<SaidAt> here_;
  // The place that was counted last, from which to go on.
  std::size_t counted_offset_ = 0, counted_line_begin_ = 0;
  SaidAt counted_;
};

}  // namespace pgleast
