#include "checks/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/unmatched_names.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::array kinds{
    CheckKind{"acl_forbids", ExampleKind::sql, true, acl_forbids},
    CheckKind{"conf_loads", ExampleKind::conf, false, conf_loads},
    CheckKind{"default_acl_forbids", ExampleKind::sql, true, default_acl_forbids},
    CheckKind{"escalation", ExampleKind::sql, true, escalation},
    CheckKind{"function_public_execute", ExampleKind::sql, true, function_public_execute},
    CheckKind{"function_search_path", ExampleKind::sql, true, function_search_path},
    CheckKind{"hba_any_address", ExampleKind::hba, false, hba_any_address},
    CheckKind{"hba_forbids", ExampleKind::hba, false, hba_forbids},
    CheckKind{"hba_loads", ExampleKind::hba, false, hba_loads},
    CheckKind{"hba_plaintext", ExampleKind::hba, false, hba_plaintext},
    CheckKind{"hba_replication", ExampleKind::hba, false, hba_replication},
    CheckKind{"hba_superuser", ExampleKind::hba, false, hba_superuser},
    CheckKind{"model_access", ExampleKind::policy, true, model_access, names_of_access},
    CheckKind{"model_attributes", ExampleKind::policy, false, model_attributes,
              names_of_attributes},
    CheckKind{"model_ceilings", ExampleKind::policy, true, model_ceilings, names_of_ceilings},
    CheckKind{"model_classes", ExampleKind::policy, false, model_classes, names_of_classes},
    CheckKind{"model_floors", ExampleKind::policy, true, model_floors, names_of_floors},
    CheckKind{"model_future", ExampleKind::policy, true, model_future, names_of_future},
    CheckKind{"model_memberships", ExampleKind::policy, false, model_memberships,
              names_of_memberships},
    CheckKind{"role_attribute", ExampleKind::sql, false, role_attribute},
    CheckKind{"role_escalates", ExampleKind::sql, true, role_escalates},
    CheckKind{"role_password", ExampleKind::sql, false, role_password},
    CheckKind{"row_detour", ExampleKind::sql, true, row_detour},
    CheckKind{"row_policy", ExampleKind::sql, true, row_policy},
    CheckKind{"row_security", ExampleKind::sql, true, row_security},
    CheckKind{"row_uncovered", ExampleKind::sql, true, row_uncovered},
    CheckKind{"secret_readers", ExampleKind::sql, true, secret_readers},
    CheckKind{"setting", ExampleKind::conf, false, setting},
};

static_assert(std::is_sorted(kinds.begin(), kinds.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

}  // namespace

std::span<const CheckKind> check_kinds() { return kinds; }

const CheckKind& kind_of(const Rule& rule) {
  for (const auto& kind : kinds) {
    if (kind.name == rule.check) return kind;
  }
  std::vector<std::string> names;
  for (const auto& kind : kinds) names.emplace_back(kind.name);
  fail_policy(rule.check_node, fmt::format("unknown check `{}`{}", displayed(rule.check),
                                           did_you_mean(rule.check, names)));
}

Check compile(const Rule& rule) {
  const auto& kind = kind_of(rule);
  MapReader with(rule.with, "with");
  MapReader fix(rule.fix, "fix");
  auto check = kind.read(with, fix);
  with.finish();
  fix.finish();
  return check;
}

}  // namespace pgleast
