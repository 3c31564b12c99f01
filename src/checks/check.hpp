#pragma once
// The kinds of check that a rule can name. A check is a pure function of its parameters
// and the facts: no I/O, no printing. One file per kind, and one table of them.
//
//   check: hba_forbids
//   with: {origin: network, methods: [trust]}
//   fix: {set_method: scram-sha-256}

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "checks/facts.hpp"
#include "finding/finding.hpp"
#include "pg/role_attribute.hpp"
#include "text/yaml.hpp"

namespace pgleast {

using Check = std::function<Verdict(const Facts&)>;

/// What a rule's own examples are written in.
enum class ExampleKind { hba, conf, sql, policy };

class UnmatchedNames;

struct CheckKind {
  std::string_view name;
  ExampleKind examples;
  bool looks_into_databases;  // a database that could not be read may hide a finding
  /// Reads `with` and `fix`; the caller refuses the keys that were not asked for.
  Check (*read)(MapReader& with, MapReader& fix);
  /// Looks up the names in the policy that the check goes by.
  void (*look_up)(UnmatchedNames& names) = nullptr;
};

/// Sorted by name.
std::span<const CheckKind> check_kinds();

/// The rule's kind; throws Error (usage) at the place of an unknown name.
const CheckKind& kind_of(const Rule& rule);
/// Throws Error (usage) at the place of what is wrong.
Check compile(const Rule& rule);

// One for each file of this room.
Check acl_forbids(MapReader& with, MapReader& fix);
Check conf_loads(MapReader& with, MapReader& fix);
Check default_acl_forbids(MapReader& with, MapReader& fix);
Check escalation(MapReader& with, MapReader& fix);
Check function_public_execute(MapReader& with, MapReader& fix);
Check function_search_path(MapReader& with, MapReader& fix);
Check hba_any_address(MapReader& with, MapReader& fix);
Check hba_forbids(MapReader& with, MapReader& fix);
Check hba_loads(MapReader& with, MapReader& fix);
Check hba_plaintext(MapReader& with, MapReader& fix);
Check hba_replication(MapReader& with, MapReader& fix);
Check hba_superuser(MapReader& with, MapReader& fix);
Check model_access(MapReader& with, MapReader& fix);
Check model_attributes(MapReader& with, MapReader& fix);
Check model_ceilings(MapReader& with, MapReader& fix);
Check model_classes(MapReader& with, MapReader& fix);
Check model_floors(MapReader& with, MapReader& fix);
Check model_future(MapReader& with, MapReader& fix);
Check model_memberships(MapReader& with, MapReader& fix);
Check role_attribute(MapReader& with, MapReader& fix);
Check role_escalates(MapReader& with, MapReader& fix);
Check role_password(MapReader& with, MapReader& fix);
Check row_detour(MapReader& with, MapReader& fix);
Check row_policy(MapReader& with, MapReader& fix);
Check row_security(MapReader& with, MapReader& fix);
Check row_uncovered(MapReader& with, MapReader& fix);
Check secret_readers(MapReader& with, MapReader& fix);
Check setting(MapReader& with, MapReader& fix);

}  // namespace pgleast
