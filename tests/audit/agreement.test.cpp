// What audit, reach, access and decide say of one random world is one thing: what is ruled out and
// found is a way that reach finds, what holds is none; who may become superuser is whom reach takes
// there; what records let in is what decide admits.

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "audit/audit.hpp"
#include "connections/decide.hpp"
#include "policy/loader.hpp"
#include "reach/ways.hpp"
#include "support/catch.hpp"
#include "support/input_texts.hpp"
#include "support/odd_files.hpp"
#include "support/script_cluster.hpp"
#include "text/display.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

struct Counts {
  std::size_t questions = 0, yes = 0, unknown = 0, contradictions = 0;
  std::string row(const char* what) const {
    return fmt::format("{:<44} {:>7} {:>7} {:>7} {:>7}\n", what, questions, yes, unknown,
                       contradictions);
  }
};

// There is nothing but what the texts say.
Cluster known(const InputTexts& texts) {
  return script_cluster({.sql = texts.sql,
                         .hba = texts.hba,
                         .ident = texts.ident,
                         .conf = texts.conf,
                         .major = texts.major,
                         .followed = false,
                         .whole = false,
                         .touch = false});
}

// One world, as all of them are told of it.
class World {
 public:
  explicit World(std::uint64_t number)
      : number_(number),
        cluster_(known(random_texts(number))),
        graph_(cluster_),
        connections_(graph_),
        escalations_(graph_, connections_),
        doors_(graph_, connections_.decided(), {"2026-01-01"}) {}

  /// MOD-007 against reach and access, for some roles and tables.
  void ruled_out(Counts& counts) {
    Policy policy = load_policy({"model"});
    std::erase_if(policy.rules, [](const Rule& rule) { return rule.id != "MOD-007"; });
    std::set<std::string> certain, unknown;
    Dice dice(number_);
    for (const auto role : some_roles(dice, 6)) {
      for (const auto table : some_tables(dice, 4)) {
        for (const auto p : {Privilege::select, Privilege::insert}) {
          const auto id = fmt::format("{}-{}-{}", index(role), index(table), info(p).keyword);
          policy.access.push_back(entry(id, role, table, p));
          ++counts.questions;
          const Target target{std::nullopt, table, std::nullopt, p};
          const Routes routes(graph_, escalations_, target);
          for (const auto& route : routes.from(role, cluster_.object(table).database)) {
            if (route.needs_victim) continue;
            if (route.rows && route.rows->kind == RowAccess::Kind::none) continue;
            (route.unknown.empty() ? certain : unknown).insert(id);
          }
          if (has(role, table, p) && !certain.contains(id)) {
            ++counts.contradictions;
            FAIL_CHECK(place(role, table, p) << ": access has it, reach has no way");
          }
        }
      }
    }
    const auto verdict = verdict_of(std::move(policy));
    std::set<std::string> found;
    for (const auto& f : verdict.findings) {
      found.insert(f.subject.name.substr(0, f.subject.name.find(": ")));
    }
    counts.yes += certain.size();
    counts.unknown += unknown.size();
    counts.contradictions += differences("MOD-007", found, certain);
    const auto doubt = std::find_if(unknown.begin(), unknown.end(),
                                    [&](const auto& id) { return !certain.contains(id); });
    if (doubt != unknown.end() && verdict.why.empty()) {
      ++counts.contradictions;
      FAIL_CHECK("world " << number_ << ": MOD-007 has no doubt of " << *doubt << ", reach has");
    }
  }

  /// ROL-002 against reach and what is reachable.
  void superusers(Counts& counts) {
    const auto verdict = verdict_of(only("ROL-002"));
    std::set<std::string> found, certain;
    for (const auto& f : verdict.findings) found.insert(f.subject.name);
    bool doubt = false;
    const Routes routes(graph_, escalations_, Target{Power::superuser, no_object, {}, {}});
    for (const auto role : logins()) {
      ++counts.questions;
      const auto ways = routes.from(role, no_object);
      const bool sure = std::any_of(ways.begin(), ways.end(), [](const Route& r) {
        return r.unknown.empty() && !r.needs_victim;
      });
      const bool perhaps = std::any_of(ways.begin(), ways.end(), [](const Route& r) {
        return !r.unknown.empty() && !r.needs_victim;
      });
      if (sure) certain.insert(cluster_.role_name(role));
      doubt = doubt || perhaps;
      counts.unknown += perhaps ? 1 : 0;
      const auto reached = escalations_.reachable(role);
      const Goal super{no_role, Power::superuser};
      const bool gets_there = std::any_of(reached.begin(), reached.end(), [&](const Goal& g) {
        return g == super || (g.role != no_role && cluster_.role(g.role).superuser) ||
               (g.power && includes(*g.power, Power::superuser));
      });
      if (gets_there == (sure || perhaps)) continue;
      ++counts.contradictions;
      FAIL_CHECK("world " << number_ << ": " << displayed(cluster_.role_name(role))
                          << (gets_there ? " gets" : " does not get")
                          << " there by steps, reach says otherwise");
    }
    counts.yes += certain.size();
    counts.contradictions += differences("ROL-002", found, certain);
    if (certain.empty() && doubt != (verdict.kind == Verdict::Kind::unseen) &&
        cluster_.seen(Fact::objects) && cluster_.seen(Fact::code)) {
      ++counts.contradictions;
      FAIL_CHECK("world " << number_ << ": ROL-002 is " << to_string(verdict.kind)
                          << (doubt ? ", reach has a doubt" : ", reach has none"));
    }
  }

  /// The rules of the escalation pack against the steps of each role.
  void steps(Counts& counts) {
    std::set<std::string> found, expected;
    auto policy = load_policy({"escalation"});
    for (const auto& j : Auditor(std::move(policy), "2026-01-01").audit(cluster_).judgements) {
      for (const auto& f : j.verdict.findings) found.insert(key(j.rule, f.subject));
    }
    for (const auto role : logins()) {
      for (const auto& step : escalations_.steps(role)) {
        ++counts.questions;
        // A role that it can be by SET ROLE has its own.
        if (step.object == no_object) continue;
        const auto& o = cluster_.object(step.object);
        const auto database = o.database == no_object ? "" : cluster_.object(o.database).name;
        expected.insert(
            key(std::string(step.edge), {std::string(info(o.kind).name), o.identity, database}));
      }
    }
    counts.yes += expected.size();
    for (const auto& e : expected) {
      if (found.contains(e)) continue;
      ++counts.contradictions;
      FAIL_CHECK("world " << number_ << ": a step of a role, but no finding: " << displayed(e));
    }
  }

  /// What records let in against what is decided for single attempts.
  void let_in(Counts& counts) {
    Dice dice(number_);
    const auto& decided = connections_.decided();
    for (int i = 0; i < 150; ++i) {
      const auto& role = decided.roles[dice.below(decided.roles.size())];
      const auto& database = decided.databases[dice.below(decided.databases.size())];
      if (role.token || role.other || database.token || database.other) continue;
      const auto address =
          dice.of({"", "127.0.0.1", "10.1.2.3", "10.9.9.9", "192.0.2.7", "::1", "2001:db8::1"});
      const bool tls = dice.chance(50);
      const auto decision = decide(cluster_, graph_, attempt(role, database, address, tls));
      std::set<std::size_t> by, certainly;
      for (const auto& part : decided.parts) {
        if (!has(part, role, database, address, tls)) continue;
        by.insert(part.record);
        if (part.certain) certainly.insert(part.record);
      }
      ++counts.questions;
      const std::set<std::size_t> records(decision.records.begin(), decision.records.end());
      if (decision.kind == DecisionKind::unknown) {
        ++counts.unknown;
        continue;
      }
      counts.yes += decision.kind == DecisionKind::admit ? 1 : 0;
      const bool same =
          std::includes(by.begin(), by.end(), records.begin(), records.end()) &&
          std::includes(records.begin(), records.end(), certainly.begin(), certainly.end());
      if (same) continue;
      ++counts.contradictions;
      FAIL_CHECK("world " << number_ << ": " << displayed(role.name) << " to "
                          << displayed(database.name) << " from " << address << ": "
                          << to_string(decision.kind) << ", the records say otherwise");
    }
  }

  /// The ways of reach against decide: the record of each decides for it.
  void ways(Counts& counts) {
    const Routes routes(graph_, escalations_, Target{Power::superuser, no_object, {}, {}});
    for (const auto& way : ways_in(graph_, doors_, routes, {}).ways) {
      if (!way.is_certain() || way.databases.empty()) continue;
      const bool local = way.transports.front() == Transport::local;
      const auto address = local ? std::string() : example_address(way.from.addresses);
      const RoleAtom role{way.roles.front(), std::nullopt};
      const DatabaseAtom database{way.databases.front()};
      const bool tls = way.transports.front() == Transport::tls;
      if (way.transports.front() == Transport::gss) continue;
      const auto decision = decide(cluster_, graph_, attempt(role, database, address, tls));
      ++counts.questions;
      const bool admits = decision.kind == DecisionKind::admit &&
                          std::find(decision.records.begin(), decision.records.end(), way.record) !=
                              decision.records.end();
      counts.yes += admits ? 1 : 0;
      if (admits) continue;
      ++counts.contradictions;
      FAIL_CHECK("world " << number_ << ": reach lets " << displayed(role.name) << " into "
                          << displayed(database.name) << " from " << address << ", decide does "
                          << to_string(decision.kind));
    }
  }

 private:
  static Policy only(const std::string& rule) {
    auto policy = load_policy({"baseline"});
    std::erase_if(policy.rules, [&](const Rule& r) { return r.id != rule; });
    return policy;
  }

  Verdict verdict_of(Policy policy) const {
    return Auditor(std::move(policy), "2026-01-01").audit(cluster_).judgements.front().verdict;
  }

  static std::string key(const std::string& rule, const Subject& subject) {
    return fmt::format("{} {} {} {}", rule, subject.kind, subject.name, subject.database);
  }

  std::size_t differences(const char* rule, const std::set<std::string>& said,
                          const std::set<std::string>& reached) const {
    std::vector<std::string> odd;
    std::set_symmetric_difference(said.begin(), said.end(), reached.begin(), reached.end(),
                                  std::back_inserter(odd));
    for (const auto& name : odd) {
      FAIL_CHECK("world " << number_ << ": " << displayed(name)
                          << (said.contains(name) ? " is found by " : " is not found by ") << rule
                          << ", reach says otherwise");
    }
    return odd.size();
  }

  std::vector<RoleId> logins() const {
    std::vector<RoleId> result;
    for (std::uint32_t i = 0; i < cluster_.roles.size(); ++i) {
      const auto& role = cluster_.roles[i];
      if (role.login && !role.superuser && !role.dropped && !role.name.starts_with("pg_")) {
        result.push_back(RoleId{i});
      }
    }
    return result;
  }

  static bool is_plain(const std::string& name) {
    return name.find_first_of("*?") == std::string::npos;
  }

  std::vector<RoleId> some_roles(Dice& dice, std::size_t most) const {
    auto roles = logins();
    std::erase_if(roles, [&](RoleId r) { return !is_plain(cluster_.role_name(r)); });
    while (roles.size() > most)
      roles.erase(roles.begin() + static_cast<long>(dice.below(roles.size())));
    return roles;
  }

  std::vector<ObjectId> some_tables(Dice& dice, std::size_t most) const {
    std::vector<ObjectId> tables;
    for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
      const auto& o = cluster_.objects[i];
      if (o.kind == ObjectKind::table && !o.system && is_plain(o.identity)) {
        tables.push_back(ObjectId{i});
      }
    }
    while (tables.size() > most) {
      tables.erase(tables.begin() + static_cast<long>(dice.below(tables.size())));
    }
    return tables;
  }

  AccessEntry entry(const std::string& id, RoleId role, ObjectId table, Privilege p) const {
    AccessEntry result;
    result.id = id;
    result.who = {{Pattern::Kind::glob, cluster_.role_name(role), nullptr}};
    result.cannot = p;
    result.kind = ObjectKind::table;
    result.objects = {{Pattern::Kind::glob, cluster_.object(table).identity, nullptr}};
    return result;
  }

  // What access answers: the privilege, and the way to name the table.
  bool has(RoleId role, ObjectId table, Privilege p) const {
    const auto& o = cluster_.object(table);
    return graph_.held(role, o).privileges.has(p) &&
           graph_.held(role, cluster_.object(o.schema)).privileges.has(Privilege::usage) &&
           !cluster_.relation(o).row_security;
  }

  static Attempt attempt(const RoleAtom& role, const DatabaseAtom& database,
                         const std::string& address, bool tls) {
    Attempt result;
    result.user = role.name;
    result.database = database.name;
    result.physical_replication = database.replication;
    result.address = bytes_of(address);
    result.encryption = tls && !address.empty() ? Encryption::tls : Encryption::none;
    return result;
  }

  static std::vector<std::uint8_t> bytes_of(const std::string& address) {
    if (address.empty()) return {};
    const bool v6 = address.find(':') != std::string::npos;
    std::vector<std::uint8_t> bytes(v6 ? 16 : 4);
    REQUIRE(inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) == 1);
    return bytes;
  }

  bool has(const DecidedPart& part, const RoleAtom& role, const DatabaseAtom& database,
           const std::string& address, bool tls) const {
    const auto& decided = connections_.decided();
    const auto transport = address.empty() ? Transport::local
                           : tls           ? Transport::tls
                                           : Transport::plain;
    if (part.transport != transport) return false;
    const auto is_role = [&](auto i) { return &decided.roles[i] == &role; };
    const auto is_database = [&](auto i) { return &decided.databases[i] == &database; };
    if (std::none_of(part.roles.begin(), part.roles.end(), is_role)) return false;
    if (std::none_of(part.databases.begin(), part.databases.end(), is_database)) return false;
    if (address.empty()) return true;
    const auto outside = addresses_named(address)->without(part.origin);
    return outside.empty();
  }

  std::string place(RoleId role, ObjectId table, Privilege p) const {
    return fmt::format("world {}: {} {} on {}", number_, displayed(cluster_.role_name(role)),
                       info(p).keyword, displayed(cluster_.object(table).identity));
  }

  std::uint64_t number_;
  Cluster cluster_;
  Graph graph_;
  Connections connections_;
  Escalations escalations_;
  Doors doors_;
};

}  // namespace

TEST_CASE("audit, reach, access and decide say one thing of a world", "[agreement]") {
  const auto* const said = std::getenv("PGLEAST_WORLDS");
  const auto worlds = said == nullptr ? 25U : std::strtoul(said, nullptr, 10);
  Counts ruled_out, superusers, steps, let_in, ways;
  for (std::uint64_t number = 1; number <= worlds; ++number) {
    World world(number);
    world.ruled_out(ruled_out);
    world.superusers(superusers);
    world.steps(steps);
    world.let_in(let_in);
    world.ways(ways);
  }
  WARN(worlds << " worlds\n"
              << fmt::format("{:<44} {:>7} {:>7} {:>7} {:>7}\n", "", "asked", "yes", "unknown",
                             "differ")
              << ruled_out.row("MOD-007, reach and access") << superusers.row("ROL-002 and reach")
              << steps.row("escalation rules and steps") << let_in.row("records and decide")
              << ways.row("reach and decide"));
  for (const auto* const c : {&ruled_out, &superusers, &steps, &let_in, &ways}) {
    CHECK(c->questions > 0);
    CHECK(c->yes > 0);
    CHECK(c->contradictions == 0);
  }
}
