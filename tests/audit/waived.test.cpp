// What is waived under one rule is left alone by the fixes of the others.

#include "audit/waived.hpp"

#include "support/catch.hpp"

using namespace pgleast;

namespace {

Finding finding_of(const char* rule, std::vector<Remedy> remedies, bool waived) {
  Finding finding;
  finding.rule = rule;
  finding.remedies = std::move(remedies);
  finding.decision = "or so";
  if (waived) finding.waived = Waiver{rule, "*", "agreed", "", ""};
  return finding;
}

const RoleId boss{3};
const RoleId other_role{4};
const ObjectId table{7};

Remedy revoke(PrivilegeSet privileges, std::optional<std::uint32_t> column = std::nullopt,
              RoleId grantee = boss, bool grant = false) {
  return ChangePrivileges{grant, table, column, grantee, privileges};
}

Remedy default_revoke(PrivilegeSet privileges, char type = 'r') {
  return ChangeDefaultPrivileges{false, ObjectId{1}, boss,      no_object,
                                 type,  public_role, privileges};
}

const PrivilegeSet reading = Privilege::select;
const PrivilegeSet writing = PrivilegeSet(Privilege::insert) | Privilege::update;

}  // namespace

TEST_CASE("no rule does what the remedy of a waived finding does, nor a part of it", "[audit]") {
  struct Case {
    const char* what;
    Remedy waived;
    std::vector<Remedy> wanted, left;
  };
  const std::vector<Case> cases{
      {"the same",
       ChangeAttribute{boss, RoleAttribute::superuser, false},
       {ChangeAttribute{boss, RoleAttribute::superuser, false}},
       {}},
      {"another attribute, role or way round",
       ChangeAttribute{boss, RoleAttribute::createdb, false},
       {ChangeAttribute{boss, RoleAttribute::createrole, false},
        ChangeAttribute{other_role, RoleAttribute::createdb, false},
        ChangeAttribute{boss, RoleAttribute::createdb, true}},
       {ChangeAttribute{boss, RoleAttribute::createrole, false},
        ChangeAttribute{other_role, RoleAttribute::createdb, false},
        ChangeAttribute{boss, RoleAttribute::createdb, true}}},
      {"some of the privileges", revoke(reading | writing), {revoke(reading)}, {}},
      {"more privileges", revoke(writing), {revoke(reading | writing)}, {revoke(reading)}},
      {"of another grantee, or given",
       revoke(reading),
       {revoke(reading, {}, public_role), revoke(reading, {}, boss, true)},
       {revoke(reading, {}, public_role), revoke(reading, {}, boss, true)}},
      {"a column of the table",
       revoke(reading),
       {revoke(reading | writing, 2)},
       {revoke(writing, 2)}},
      {"the table that takes the column, too", revoke(reading, 2), {revoke(reading)}, {}},
      {"another column",
       revoke(reading, 2),
       {revoke(reading, 1), revoke(reading, 2)},
       {revoke(reading, 1)}},
      {"a membership",
       ChangeMembership{false, boss, other_role},
       {ChangeMembership{false, boss, other_role}, ChangeMembership{false, other_role, boss}},
       {ChangeMembership{false, other_role, boss}}},
      {"default privileges",
       default_revoke(reading),
       {default_revoke(reading | writing), default_revoke(reading, 'S')},
       {default_revoke(writing), default_revoke(reading, 'S')}},
      {"another limit, owner, path or value of the same",
       ChangeConnectionLimit{boss, 1},
       {ChangeConnectionLimit{boss, 5}},
       {}},
      {"", ChangeOwner{table, boss}, {ChangeOwner{table, other_role}}, {}},
      {"", PinSearchPath{table, "pg_catalog"}, {PinSearchPath{table, "public"}}, {}},
      {"",
       ChangeSetting{"SSL", "on"},
       {ChangeSetting{"ssl", "off"}, ChangeSetting{"port", "1"}},
       {ChangeSetting{"port", "1"}}},
      {"",
       ResetStored{no_object, boss, "Role"},
       {ResetStored{no_object, boss, "role"}, ResetStored{no_object, other_role, "role"}},
       {ResetStored{no_object, other_role, "role"}}},
      {"row security, which forcing alone does not give",
       EnableRowSecurity{table, true, false},
       {EnableRowSecurity{table, true, true}},
       {}},
      {"forcing it",
       EnableRowSecurity{table, false, true},
       {EnableRowSecurity{table, true, true}},
       {EnableRowSecurity{table, true, false}}},
      {"a field of a record",
       EditRecord{2, HbaField::method, "md5"},
       {EditRecord{2, HbaField::method, "cert"}, EditRecord{2, HbaField::type, "hostssl"},
        DisableRecord{2}, DisableRecord{3}},
       {EditRecord{2, HbaField::type, "hostssl"}, DisableRecord{3}}},
      {"a whole record", DisableRecord{2}, {DisableRecord{2}}, {}},
      {"a new record",
       InsertRecord{2, "host all boss all reject"},
       {InsertRecord{1, "host all boss all reject"}, InsertRecord{2, "host all app all reject"}},
       {InsertRecord{2, "host all app all reject"}}},
      {"a mapping", DisableMapping{1}, {DisableMapping{1}, DisableMapping{2}}, {DisableMapping{2}}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    for (const bool first : {true, false}) {
      Audit audit;
      audit.judgements.resize(2);
      auto& waived = audit.judgements[first ? 0 : 1].verdict.findings;
      auto& others = audit.judgements[first ? 1 : 0].verdict.findings;
      waived = {finding_of("ROL-001", {c.waived}, true)};
      others = {finding_of("MOD-002", c.wanted, false)};
      leave_waived_alone(audit);
      CHECK(waived.front().remedies == std::vector<Remedy>{c.waived});
      CHECK(waived.front().decision == "or so");
      CHECK(others.front().remedies == c.left);
      const std::string said =
          c.left == c.wanted ? "or so"
          : c.left.empty()
              ? "what would mend it is waived under ROL-001: waive this, too, or end that waiver"
              : "part of what would mend it is waived under ROL-001: waive this, too, or end that "
                "waiver; or so";
      CHECK(others.front().decision == said);
    }
  }
}
