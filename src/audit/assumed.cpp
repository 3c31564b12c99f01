#include "audit/assumed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "text/display.hpp"

namespace pgleast {
namespace {

// What a kind of check says without knowing what a role is. A kind that is not here: nothing.
enum class Says {
  all,       // it asks for no attribute and no membership
  findings,  // what it finds is so, whatever that role is
};
struct Independent {
  std::string_view check;
  Says says;
};
constexpr std::array independent{
    Independent{"acl_forbids", Says::all},
    Independent{"conf_loads", Says::all},
    Independent{"default_acl_forbids", Says::all},
    Independent{"escalation", Says::findings},
    Independent{"function_public_execute", Says::all},
    Independent{"function_search_path", Says::findings},
    Independent{"hba_any_address", Says::findings},
    Independent{"hba_forbids", Says::findings},
    Independent{"hba_loads", Says::all},
    Independent{"hba_plaintext", Says::findings},
    Independent{"hba_replication", Says::findings},
    Independent{"hba_superuser", Says::findings},
    Independent{"model_ceilings", Says::findings},
    Independent{"model_memberships", Says::findings},
    Independent{"role_attribute", Says::findings},
    Independent{"role_escalates", Says::findings},
    Independent{"row_detour", Says::findings},
    Independent{"row_policy", Says::findings},
    Independent{"row_security", Says::findings},
    Independent{"secret_readers", Says::findings},
    Independent{"setting", Says::all},
};

std::string assumed_names(const Assumptions& assumptions, bool roles) {
  std::vector<std::string> names;
  for (const auto& a : assumptions.made) {
    const bool role = a.kind == Assumption::Kind::role;
    if (role != roles) continue;
    names.push_back(called(a));
  }
  return listed(names);
}

const Independent* independence_of(std::string_view check) {
  const auto* const found = std::find_if(independent.begin(), independent.end(),
                                         [&](const Independent& i) { return i.check == check; });
  return found == independent.end() ? nullptr : found;
}

class Holding {
 public:
  explicit Holding(const Assumptions& assumptions) : assumptions_(assumptions) {
    const auto because = [&](bool roles) {
      return Unseen{
          fmt::format("no script makes {}, so {} not known", assumed_names(assumptions, roles),
                      roles ? "attributes and memberships are" : "what else is there is"),
          "say what they are with --assume FILE"};
    };
    if (assumptions.any_role()) roles_ = because(true);
    if (!assumptions.left_out.empty()) {
      objects_ = {assumptions.left_out.front(), "audit a server on which it was run"};
    } else if (assumptions.any_object()) {
      objects_ = because(false);
    }
  }

  void hold_back(const Rule& rule, Verdict& verdict) const {
    if (verdict.kind == Verdict::Kind::unseen) return;
    const auto* const known = independence_of(rule.check);
    const bool of_roles = roles_ && (known == nullptr || known->says != Says::all);
    const bool of_objects = objects_ && kind_of(rule).looks_into_databases;
    const bool left_out = of_objects && !assumptions_.left_out.empty() && !is_of_lists(rule.check);
    drop(verdict, rule.check, left_out || (of_roles && known == nullptr));
    if (!of_roles && !of_objects) return;
    verdict.kind = verdict.findings.empty() ? Verdict::Kind::unseen : Verdict::Kind::broken;
    if (!verdict.why.empty()) return;
    verdict.why = (of_roles ? roles_ : objects_)->why;
    verdict.remedy = (of_roles ? roles_ : objects_)->remedy;
  }

 private:
  // Of what nobody made here an access list alone can be at fault: somebody wrote a GRANT.
  void drop(Verdict& verdict, std::string_view check, bool all) const {
    std::erase_if(verdict.findings, [&](const Finding& f) {
      if (all) return true;
      const bool unknown = f.subject.kind == "role" ? assumptions_.has_role(f.subject.name)
                                                    : assumptions_.has_object(f.subject.name);
      return unknown && check != "acl_forbids";
    });
    if (verdict.kind == Verdict::Kind::broken && verdict.findings.empty()) {
      verdict.kind = Verdict::Kind::holds;
    }
  }
  // What was left out takes nothing from an access list.
  static bool is_of_lists(std::string_view check) {
    return check == "acl_forbids" || check == "default_acl_forbids";
  }

  const Assumptions& assumptions_;
  std::optional<Unseen> roles_, objects_;
};

}  // namespace

void leave_platform_alone(Audit& audit, const Audit& platform) {
  const auto is_of_platform = [&](const Finding& f) {
    return std::any_of(platform.judgements.begin(), platform.judgements.end(),
                       [&](const Judgement& judgement) {
                         const auto& all = judgement.verdict.findings;
                         return std::any_of(all.begin(), all.end(), [&](const Finding& other) {
                           return f.rule == other.rule && f.subject == other.subject &&
                                  f.message == other.message && path_texts(f) == path_texts(other);
                         });
                       });
  };
  for (auto& judgement : audit.judgements) {
    auto& verdict = judgement.verdict;
    std::erase_if(verdict.findings, is_of_platform);
    if (verdict.kind != Verdict::Kind::broken || !verdict.findings.empty()) continue;
    verdict.kind = verdict.why.empty() ? Verdict::Kind::holds : Verdict::Kind::unseen;
  }
}

void hold_back(Audit& audit, const Policy& policy, const Assumptions& assumptions) {
  const Holding holding(assumptions);
  for (auto& judgement : audit.judgements) {
    if (const auto* const rule = policy.find_rule(judgement.rule)) {
      holding.hold_back(*rule, judgement.verdict);
    }
  }
}

}  // namespace pgleast
