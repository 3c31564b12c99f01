#include "model/snapshot_check.hpp"

#include <fmt/format.h>

#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

class Checker {
 public:
  explicit Checker(const Cluster& c) : c_(c) {}

  void check() const {
    for (const auto& acl : c_.acls) {
      for (const auto& item : acl) {
        role(item.grantee, public_role);
        role(item.grantor, no_role);
      }
    }
    for (const auto& m : c_.memberships) {
      role(m.role);
      role(m.member);
      role(m.grantor, no_role);
    }
    for (const auto& o : c_.objects) check_object(o);
    for (const auto& r : c_.relations) {
      for (const auto& column : r.columns) acl(column.acl);
    }
    for (const auto& p : c_.row_policies) {
      object(p.table, ObjectKind::table);
      for (const auto r : p.roles) role(r, public_role);
      code(p.code);
    }
    check_code();
    for (const auto& d : c_.default_acls) {
      object(d.database, ObjectKind::database);
      role(d.creator);
      if (d.schema != no_object) object(d.schema, ObjectKind::schema);
      if (d.acl == null_acl) fail_number("default access list", index(d.acl));
      acl(d.acl);
    }
    for (const auto& s : c_.role_settings) {
      role(s.role, no_role);
      if (s.database != no_object) object(s.database, ObjectKind::database);
    }
    for (const auto& r : c_.hba.records) check_record(r);
    for (const auto& r : c_.ident.records) check_record(r);
    for (const auto& pooler : c_.poolers) check_pooler(pooler);
    for (const auto& f : c_.files) word("kind of file", f.kind, ConfigKind::conf);
    for (const auto& r : c_.roles) word("kind of password", r.password, PasswordKind::unusable);
    if (c_.major() < oldest_major) fail_number("version", 0);
  }

 private:
  [[noreturn]] static void fail_number(const char* what, std::size_t number) {
    fail("", fmt::format("the {} {} is not in it", what, number));
  }

  template <typename Enum>
  static void word(const char* what, Enum value, Enum last) {
    if (value < Enum{} || value > last) fail_number(what, static_cast<std::size_t>(value));
  }

  void role(RoleId id, RoleId also = RoleId{0}) const {
    if (index(id) >= c_.roles.size() && (id != also || also == RoleId{0})) {
      fail_number("role", index(id));
    }
  }

  void acl(AclId id) const {
    if (id != null_acl && index(id) >= c_.acls.size()) fail_number("access list", index(id));
  }

  void object(ObjectId id, ObjectKind kind) const {
    if (index(id) >= c_.objects.size() || c_.object(id).kind != kind) {
      fail_number(info(kind).name.data(), index(id));
    }
  }

  void check_object(const Object& o) const {
    if (static_cast<std::size_t>(o.kind) >= object_kinds.size() || o.kind == ObjectKind::column) {
      fail_number("kind", static_cast<std::size_t>(o.kind));
    }
    if (o.database != no_object) object(o.database, ObjectKind::database);
    if (o.schema != no_object) object(o.schema, ObjectKind::schema);
    role(o.owner);
    acl(o.acl);
    const auto limit = o.kind == ObjectKind::database         ? c_.databases.size()
                       : o.kind == ObjectKind::table          ? c_.relations.size()
                       : o.kind == ObjectKind::function       ? c_.functions.size()
                       : o.kind == ObjectKind::language       ? c_.languages.size()
                       : o.kind == ObjectKind::foreign_server ? c_.foreign_servers.size()
                                                              : std::size_t{no_detail} + 1;
    if (o.detail >= limit) fail_number("detail", o.detail);
  }

  void any_object(ObjectId id) const {
    if (index(id) >= c_.objects.size()) fail_number("object", index(id));
  }

  void code(const Code& code) const {
    for (const auto& use : code.uses) any_object(use.object);
    for (const auto& use : code.operators) {
      object(use.schema, ObjectKind::schema);
      role(use.owner, no_role);
    }
    for (const auto& given : code.given) {
      word("way of a parameter", given.to, Given::To::argument);
      if (given.function != no_object) object(given.function, ObjectKind::function);
    }
  }

  void check_code() const {
    for (const auto& s : c_.foreign_servers) {
      if (s.wrapper != no_object) object(s.wrapper, ObjectKind::foreign_data_wrapper);
    }
    for (const auto& i : c_.inheritances) {
      object(i.child, ObjectKind::table);
      object(i.parent, ObjectKind::table);
    }
    for (const auto& k : c_.foreign_keys) {
      object(k.child, ObjectKind::table);
      object(k.parent, ObjectKind::table);
      code(k.code);
    }
    for (const auto& k : c_.unique_keys) object(k.table, ObjectKind::table);
    for (const auto& b : c_.bodies) {
      any_object(b.of);
      code(b.code);
    }
    for (const auto& a : c_.attachments) {
      word("kind of attachment", a.kind, Attachment::Kind::index);
      object(a.relation, ObjectKind::table);
      code(a.code);
    }
    for (const auto& t : c_.event_triggers) {
      object(t.database, ObjectKind::database);
      object(t.function, ObjectKind::function);
      role(t.owner);
    }
    check_ways_out();
  }

  void check_ways_out() const {
    for (const auto& t : c_.foreign_tables) {
      object(t.table, ObjectKind::table);
      object(t.server, ObjectKind::foreign_server);
    }
    for (const auto& m : c_.user_mappings) {
      object(m.server, ObjectKind::foreign_server);
      role(m.role, public_role);
    }
    for (const auto& e : c_.extensions) {
      object(e.database, ObjectKind::database);
      if (e.schema != no_object) object(e.schema, ObjectKind::schema);
      role(e.owner);
    }
    for (const auto& s : c_.subscriptions) {
      object(s.database, ObjectKind::database);
      role(s.owner);
      for (const auto t : s.tables) object(t, ObjectKind::table);
    }
  }

  static void check_address(const HbaAddress& a, std::uint32_t line) {
    const auto size = a.address.size();
    const bool ip = a.kind == AddressKind::ip;
    if (ip && ((size != 4 && size != 16) || a.mask.size() != size)) {
      fail_number("address of line", line);
    }
  }

  static void check_pooler(const Pooler& pooler) {
    for (const auto& [name, secret] : pooler.users) {
      word("kind of secret", secret, PoolerSecret::scram_sha_256);
    }
    for (const auto& r : pooler.records) {
      word("connection type", r.type, ConnectionType::hostnossl);
      // PgBouncer's records have no other addresses.
      const bool known = r.type == ConnectionType::local ? r.address.kind == AddressKind::none
                                                         : r.address.kind == AddressKind::all ||
                                                               r.address.kind == AddressKind::ip;
      if (!known) fail_number("address of line", r.line);
      check_address(r.address, r.line);
    }
  }

  void check_record(const HbaRecord& r) const {
    word("connection type", r.type, ConnectionType::hostnogssenc);
    word("kind of address", r.address.kind, AddressKind::host_name);
    check_address(r.address, r.at.line);
    const auto& at = r.at;
    const auto within = [&](Span span, std::size_t first, std::size_t last) {
      if (span.begin < first || span.begin > span.end || span.end > last) {
        fail_number("place of line", at.line);
      }
    };
    for (const auto& file : c_.files) {
      if (file.path != at.file || file.kind != ConfigKind::hba) continue;
      within(at.whole, 0, file.text.size());
      for (const auto& span : {at.type, at.database, at.user, at.method}) {
        within(span, at.whole.begin, at.whole.end);
      }
      // What a record does not have has no place.
      if (r.type != ConnectionType::local) within(at.address, at.whole.begin, at.whole.end);
      if (at.options.begin != at.options.end) within(at.options, at.whole.begin, at.whole.end);
    }
  }

  void check_record(const IdentRecord& r) const {
    for (const auto& file : c_.files) {
      if (file.path != r.at.file || file.kind != ConfigKind::ident) continue;
      for (const auto& span : {r.at.whole, r.at.map, r.at.system_user, r.at.pg_user}) {
        if (span.begin > span.end || span.end > file.text.size()) {
          fail_number("place of line", r.at.line);
        }
      }
    }
  }

  const Cluster& c_;
};

}  // namespace

void check_numbers(const Cluster& cluster) { Checker(cluster).check(); }

}  // namespace pgleast
