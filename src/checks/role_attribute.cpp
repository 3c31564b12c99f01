// Roles with an attribute that only some may have.
//
//   with: {attribute: superuser, except: $administrators}
//   fix: {remove: true}

#include <fmt/format.h>

#include "checks/check.hpp"
#include "checks/role_origin.hpp"
#include "text/display.hpp"

namespace pgleast {

RoleAttribute read_role_attribute(const YamlNode& node) {
  const auto word = scalar_text(node);
  if (const auto attribute = role_attribute_named(word)) return *attribute;
  std::vector<std::string> names;
  for (const auto& a : role_attributes) names.emplace_back(a.name);
  fail_policy(node,
              fmt::format("unknown attribute `{}`{}", displayed(word), did_you_mean(word, names)));
}

Check role_attribute(MapReader& with, MapReader& fix) {
  const auto attribute = read_role_attribute(with.need("attribute"));
  const auto except = read_patterns(with.need("except"));
  const bool remove = fix.boolean("remove", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    std::vector<Finding> findings;
    for (const auto role : facts.roles().ordinary_roles()) {
      if (!has(facts.cluster().role(role), attribute)) continue;
      if (facts.roles().matches(except, role)) continue;
      Finding finding;
      finding.subject = {"role", facts.cluster().role_name(role), ""};
      finding.message = fmt::format("{} has {}: {}", facts.shown(role), info(attribute).keyword,
                                    info(attribute).power);
      finding.path = way_in(facts, role);
      finding.path.push_back(
          facts.told(fmt::format("{} is {}", facts.shown(role), info(attribute).keyword),
                     {ChangeAttribute{role, attribute, false}}));
      if (remove) finding.remedies.emplace_back(ChangeAttribute{role, attribute, false});
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
