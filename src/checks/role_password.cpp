// Stored passwords of a kind that should not be stored.
//
//   with: {kinds: [md5, unusable]}

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"

namespace pgleast {
namespace {

std::string_view name_of(PasswordKind kind) {
  switch (kind) {
    case PasswordKind::md5:
      return "md5";
    case PasswordKind::unusable:
      return "unusable";
    case PasswordKind::scram_sha_256:
      return "scram-sha-256";
    case PasswordKind::none:
      return "none";
    case PasswordKind::unseen:
      break;
  }
  return "unseen";
}

}  // namespace

Check role_password(MapReader& with, MapReader&) {
  const auto kinds = with.texts("kinds");
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    if (const auto missing = facts.missing(Fact::passwords)) return *missing;
    std::vector<Finding> findings;
    std::optional<RoleId> untold;
    for (const auto role : facts.roles().ordinary_roles()) {
      const auto kind = name_of(facts.cluster().role(role).password);
      if (kind == "unseen" && !untold) untold = role;
      if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
      Finding finding;
      finding.subject = {"role", facts.cluster().role_name(role), ""};
      finding.message =
          kind == "md5"
              ? fmt::format(
                    "the password of {} is stored as an MD5 hash, which is as good as the "
                    "password to whoever reads it",
                    facts.shown(role))
              : fmt::format("what is stored as the password of {} is no hash that the server uses",
                            facts.shown(role));
      finding.decision = fmt::format(
          "set a new password for {} while password_encryption is scram-sha-256: \\password in "
          "psql",
          facts.shown(role));
      findings.push_back(std::move(finding));
    }
    auto verdict = verdict_of(std::move(findings));
    if (!untold) return verdict;
    if (verdict.kind == Verdict::Kind::holds) verdict.kind = Verdict::Kind::unseen;
    verdict.why =
        fmt::format("what is stored as the password of {} is not known", facts.shown(*untold));
    verdict.remedy = "audit the server";
    return verdict;
  };
}

}  // namespace pgleast
