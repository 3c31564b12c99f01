// What `diff` says where not all is known, held against every way in which it may be: for points
// of random files each truth of what is not known is tried (who is a member of which group, which
// name an address has, which networks are the server's), and both files are asked under it.

#include "connections/unknown_changes.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "connections/hba_diff.hpp"
#include "connections/wording.hpp"
#include "support/catch.hpp"
#include "support/small_space.hpp"

using namespace pgleast;

namespace {

using Words = std::vector<std::string>;
using Records = std::vector<HbaRecord>;
using Number = std::optional<std::uint32_t>;

const std::string& one_of(std::mt19937& random, const Words& list) {
  return list[random() % list.size()];
}

// Wide records, so that they meet.
std::string random_line(std::mt19937& random) {
  const auto type = one_of(random, {"local", "host", "host", "host", "hostssl"});
  auto line = type + ' ' +
              one_of(random, {"all", "all", "all", "d1", "sameuser", "samerole", "/^d", "u2"}) +
              ' ' + one_of(random, {"all", "all", "u1", "u2", "+u2", "+g", "u1,+g", "/^u", "u3"});
  if (type != "local") {
    line += ' ' + one_of(random, {"all", "0.0.0.0/0", "10.0.0.0/28", "10.0.0.3/32", "samenet",
                                  "samehost", "a.example.org", ".example.org", "localhost",
                                  "b.example.net", "127.0.0.0/8", "::1/128"});
  }
  return line + ' ' + one_of(random, {"trust", "reject", "scram-sha-256"});
}

Records random_file(std::mt19937& random) {
  std::string text;
  for (auto count = 1 + random() % 6; count > 0; --count) text += random_line(random) + '\n';
  return test::records_of(text, 180000);
}

// Some lines are swapped, dropped, replaced or added.
Records changed(Records records, std::mt19937& random) {
  for (auto times = random() % 2 + 1; times > 0; --times) {
    const auto at = random() % records.size();
    const auto fresh = test::records_of(random_line(random) + '\n', 180000).front();
    switch (random() % 4) {
      case 0:
        std::swap(records[at], records[random() % records.size()]);
        break;
      case 1:
        records[at] = fresh;
        break;
      case 2:
        records.insert(records.begin() + static_cast<std::ptrdiff_t>(at), fresh);
        break;
      default:
        if (records.size() > 1) records.erase(records.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return records;
}

// All that is true of one client and is not known.
struct World {
  std::set<std::string> groups;  // that its role is a member of: "u2"
  bool role_matches = false;     // /^u, of a name that nobody mentions
  bool database_matches = false;
  bool same = false;    // the database has the role's name
  bool member = false;  // ... or that of a group of the role
  std::string name;     // of its address; empty: none
  bool own = false, near = false;
};

class Space {
 public:
  Space(const ConnectionClasses& classes, const test::Point& point)
      : role_(classes.roles()[point.role]), database_(classes.databases()[point.database]) {
    loopback_ = point.v6 ? point.address == 1 : point.address >> 24U == 127;
    localhost_ = point.v6 ? point.address == 1 : point.address == 0x7F000001;
    point_ = point;
    for (const auto& role : classes.roles()) {
      if (!role.token && !role.other) named_roles_.insert(role.name);
    }
    for (const auto& database : classes.databases()) {
      if (!database.token && !database.other) named_databases_.insert(database.name);
    }
  }

  std::vector<World> worlds() const {
    std::vector<World> result{World{}};
    const auto split = [&](const auto& set) {
      const auto before = result;
      for (auto world : before) {
        set(world);
        result.push_back(std::move(world));
      }
    };
    for (const std::string group : {"u2", "g"}) {
      if (role_.name != group) split([&](World& w) { w.groups.insert(group); });
    }
    if (role_.other) split([](World& w) { w.role_matches = true; });
    if (database_.other) split([](World& w) { w.database_matches = true; });
    if (may_be_same()) split([](World& w) { w.same = true; });
    split([](World& w) { w.member = true; });
    if (point_.transport == Transport::local) return result;
    const auto before = result;
    for (const auto* const name :
         {"a.example.org", "x.example.org", "b.example.net", "localhost"}) {
      if (std::string(name) == "localhost" && !loopback_) continue;
      for (auto world : before) {
        world.name = name;
        result.push_back(std::move(world));
      }
    }
    if (!loopback_) {
      split([](World& w) { w.near = true; });
      split([](World& w) { w.own = w.near = true; });
    }
    return result;
  }

  Number decider(const Records& records, const World& world) const {
    for (std::uint32_t i = 0; i < records.size(); ++i) {
      if (matches(records[i], world)) return i;
    }
    return std::nullopt;
  }

  bool is_true(const World& w, const std::string& role_token) const {
    if (role_token.starts_with('+')) return w.groups.contains(role_token.substr(1));
    return w.role_matches && role_.other;
  }
  bool database_is_true(const World& w, const std::string& token) const {
    if (token == "sameuser") return is_same(w);
    if (token == "samerole") return is_member(w);
    return w.database_matches;
  }
  bool origin_is_true(const World& w, const std::string& token) const {
    if (token == "samenet") return near(w);
    if (token == "samehost") return own(w);
    return has_name(w, token);
  }

 private:
  // Names that nobody mentions may be alike, and that of a role may be a database's.
  bool may_be_same() const {
    if (database_.replication) return false;
    if (role_.other) return database_.other || !named_roles_.contains(database_.name);
    return database_.other && !named_databases_.contains(role_.name);
  }
  bool is_same(const World& w) const {
    if (!role_.other && !database_.other) return role_.name == database_.name;
    return w.same;
  }
  bool is_member(const World& w) const {
    if (is_same(w)) return true;
    // The group that other records ask for, too.
    if (database_.name == "u2") return w.groups.contains("u2");
    return w.member;
  }
  bool own(const World& w) const { return loopback_ ? localhost_ : w.own; }
  bool near(const World& w) const { return loopback_ || w.near; }
  static bool has_name(const World& w, const std::string& host) {
    return host.starts_with('.') ? w.name.ends_with(host) : w.name == host;
  }

  bool matches(const HbaRecord& record, const World& w) const {
    if (!takes(record.type, point_.transport)) return false;
    return address_matches(record.address, w) &&
           std::any_of(record.users.begin(), record.users.end(),
                       [&](const HbaName& n) { return user_matches(n, w); }) &&
           std::any_of(record.databases.begin(), record.databases.end(),
                       [&](const HbaName& n) { return database_matches(n, w); });
  }
  bool user_matches(const HbaName& name, const World& w) const {
    if (name.text == "all") return true;
    if (name.text.starts_with('+')) {
      return name.text.substr(1) == role_.name || w.groups.contains(name.text.substr(1));
    }
    if (name.text == "/^u") return role_.other ? w.role_matches : role_.name.starts_with('u');
    return !role_.other && name.text == role_.name;
  }
  bool database_matches(const HbaName& name, const World& w) const {
    if (database_.replication) return name.text == "replication";
    if (name.text == "all") return true;
    if (name.text == "sameuser") return is_same(w);
    if (name.text == "samerole") return is_member(w);
    if (name.text == "/^d") {
      return database_.other ? w.database_matches : database_.name.starts_with('d');
    }
    return !database_.other && name.text == database_.name;
  }
  bool address_matches(const HbaAddress& address, const World& w) const {
    if (point_.transport == Transport::local) return true;
    switch (address.kind) {
      case AddressKind::samehost:
        return own(w);
      case AddressKind::samenet:
        return near(w);
      case AddressKind::host_name:
        return has_name(w, address.host);
      case AddressKind::ip:
        return lies_in(address);
      default:
        return true;
    }
  }
  bool lies_in(const HbaAddress& address) const {
    if (point_.v6 != (address.address.size() == 16)) return false;
    std::vector<std::uint8_t> bytes(address.address.size());
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[bytes.size() - 1 - i] = static_cast<std::uint8_t>(point_.address >> (8 * i));
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (((bytes[i] ^ address.address[i]) & address.mask[i]) != 0) return false;
    }
    return true;
  }

  RoleAtom role_;
  DatabaseAtom database_;
  test::Point point_;
  std::set<std::string> named_roles_, named_databases_;
  bool loopback_ = false, localhost_ = false;
};

struct Counts {
  std::size_t points = 0, worlds = 0, certain = 0, possible = 0;
  std::size_t missed = 0;      // some truth changes what nobody told of
  std::size_t never = 0;       // told as possible, and no truth makes it so
  std::size_t not_always = 0;  // told as certain, and some truth leaves it
  std::size_t after_all = 0;   // told as possible, and every truth makes it so
};

class Checked {
 public:
  Checked(const ConnectionClasses& classes, const HbaChanges& changes, const Records& before,
          const Records& after, Counts& counts)
      : classes_(classes), changes_(changes), before_(before), after_(after), counts_(counts) {}

  void point(const test::Point& p) {
    const Space space(classes_, p);
    std::set<std::pair<Number, Number>> pairs;  // by which some world changes
    bool always = true;
    std::size_t missed = 0;
    for (const auto& world : space.worlds()) {
      ++counts_.worlds;
      const auto was = space.decider(before_, world);
      const auto is = space.decider(after_, world);
      if (!differs(was, is)) {
        always = false;
        continue;
      }
      pairs.emplace(was, is);
      missed += told(p, space, world, was, is) ? 0U : 1U;
    }
    counts_.missed += missed > 0 ? 1U : 0U;
    ++counts_.points;
    for (const auto& change : changes_.list) {
      if (!over(change, p) || !test::holds(classes_, change.part.region, p)) continue;
      (change.certain ? counts_.certain : counts_.possible) += 1;
      const bool so = pairs.contains({change.before, change.after});
      if (!change.certain) {
        counts_.never += so ? 0U : 1U;
        counts_.after_all += change.unless && always ? 1U : 0U;
      } else if (!always && !of_others_too(change, p)) {
        ++counts_.not_always;
      }
    }
  }

 private:
  static bool over(const HbaChange& change, const test::Point& p) {
    const auto& list = change.part.transports;
    return std::find(list.begin(), list.end(), p.transport) != list.end();
  }
  bool differs(Number was, Number is) const {
    const bool was_in = was && admits(before_[*was]);
    const bool is_in = is && admits(after_[*is]);
    return was_in != is_in || (was_in && !same_outcome(before_[*was], after_[*is]));
  }
  // At the point, or of whoever a token takes that is true of it.
  bool told(const test::Point& p, const Space& space, const World& w, Number was, Number is) const {
    return std::any_of(changes_.list.begin(), changes_.list.end(), [&](const HbaChange& change) {
      if (change.before != was || change.after != is || !over(change, p)) return false;
      if (test::holds(classes_, change.part.region, p)) return true;
      return change.certain && holds_by_tokens(change.part.region, p, space, w);
    });
  }
  bool holds_by_tokens(const Region& region, const test::Point& p, const Space& space,
                       const World& w) const {
    const auto roles = classes_.role_atoms(region.roles);
    const auto databases = classes_.database_atoms(region.databases);
    const auto origin = classes_.origin(region.origin);
    const bool role = std::any_of(roles.begin(), roles.end(), [&](auto r) {
      const auto& atom = classes_.roles()[r];
      return r == p.role || (atom.token && space.is_true(w, atom.name));
    });
    const bool database = std::any_of(databases.begin(), databases.end(), [&](auto d) {
      const auto& atom = classes_.databases()[d];
      return d == p.database || (atom.token && space.database_is_true(w, atom.name));
    });
    const bool named = std::any_of(origin.named.begin(), origin.named.end(),
                                   [&](const auto& o) { return space.origin_is_true(w, o); });
    auto elsewhere = region;
    elsewhere.roles = NameSet::all_but(region.roles.classes(), {});
    elsewhere.databases = NameSet::all_but(region.databases.classes(), {});
    return role && database && (named || test::holds(classes_, elsewhere, p));
  }
  // "any role but whoever +g takes" says enough, and so does a network with whoever it leaves out.
  bool of_others_too(const HbaChange& change, const test::Point& p) const {
    return std::any_of(changes_.list.begin(), changes_.list.end(), [&](const HbaChange& c) {
      if (!c.certain || c.before != change.before || c.after != change.after || !over(c, p)) {
        return false;
      }
      for (std::uint32_t r = 0; r < classes_.roles().size(); ++r) {
        auto other = p;
        other.role = r;
        if (classes_.roles()[r].other && test::holds(classes_, c.part.region, other)) return true;
      }
      for (std::uint32_t d = 0; d < classes_.databases().size(); ++d) {
        auto other = p;
        other.database = d;
        if (classes_.databases()[d].other && test::holds(classes_, c.part.region, other)) {
          return true;
        }
      }
      const auto wide = without(c.part.region.origin, classes_.single_addresses());
      const auto family = p.v6 ? classes_.v6() : classes_.v4();
      return p.transport != Transport::local && intersects(wide, family);
    });
  }

  const ConnectionClasses& classes_;
  const HbaChanges& changes_;
  const Records &before_, &after_;
  Counts& counts_;
};

void check_files(unsigned seed, Counts& counts) {
  std::mt19937 random(seed);
  auto cluster = unknown_cluster(180000);
  const Graph graph(cluster);
  const auto before = random_file(random);
  const auto after = random() % 8 == 0 ? random_file(random) : changed(before, random);
  const ConnectionClasses classes(cluster, graph, {&before, &after});
  const auto changes = hba_changes(classes, before, after);
  CHECK(changes.complete);
  auto points = test::points(classes);
  std::erase_if(points, [&](const test::Point& p) {
    return classes.roles()[p.role].token || classes.databases()[p.database].token;
  });
  Checked checked(classes, changes, before, after, counts);
  const auto wrong = counts.missed + counts.never + counts.not_always + counts.after_all;
  for (int i = 0; i < 15; ++i) checked.point(points[random() % points.size()]);
  if (counts.missed + counts.never + counts.not_always + counts.after_all > wrong) {
    std::string files;
    for (const auto& record : before) files += to_string(record) + '\n';
    files += "--\n";
    for (const auto& record : after) files += to_string(record) + '\n';
    WARN("seed " << seed << ", " << counts.missed << ' ' << counts.never << ' ' << counts.not_always
                 << ' ' << counts.after_all << '\n'
                 << files);
  }
}

HbaChanges changes_of(const std::string& before, const std::string& after) {
  const auto cluster = unknown_cluster(180000);
  const Graph graph(cluster);
  const auto old_records = test::records_of(before, 180000);
  const auto new_records = test::records_of(after, 180000);
  const ConnectionClasses classes(cluster, graph, {&old_records, &new_records});
  return hba_changes(classes, old_records, new_records);
}

}  // namespace

TEST_CASE("diff tells what hangs on something that is not known", "[reach]") {
  Counts counts;
  for (unsigned seed = 1; seed <= 400; ++seed) check_files(seed, counts);
  std::cout << "diff of unknown facts: 400 pairs of files, " << counts.points << " points, "
            << counts.worlds << " truths, " << counts.certain << " told as certain, "
            << counts.possible << " as possible; " << counts.missed << " missed, " << counts.never
            << " never so, " << counts.not_always << " not always so, " << counts.after_all
            << " always so\n";
  CHECK(counts.certain > 200);
  CHECK(counts.possible > 400);
  CHECK(counts.missed == 0);
  CHECK(counts.never == 0);
  CHECK(counts.not_always == 0);
  CHECK(counts.after_all == 0);
}

TEST_CASE("two records in the other order, where it is not known whom both take", "[reach]") {
  struct Row {
    std::string first, second;
    bool may_change;
  };
  const auto row = GENERATE(values<Row>({
      {"host all ops all reject", "host all +staff all scram-sha-256", true},
      {"host all +ops all reject", "host all +staff all scram-sha-256", true},
      {"host samerole all all reject", "host shop all all scram-sha-256", true},
      {"host samerole all all reject", "host all +staff all scram-sha-256", true},
      {"host sameuser all all reject", "host all +staff all scram-sha-256", true},
      {"host all all db.example.org reject", "host all all 10.0.0.0/8 scram-sha-256", true},
      {"host all all .example.org reject", "host all all db.example.org scram-sha-256", true},
      {"host all all samenet reject", "host all all 10.0.0.0/8 scram-sha-256", true},
      {"host all all samehost reject", "host all all 10.0.0.0/8 scram-sha-256", true},
      {"host all all samenet reject", "host all all db.example.org scram-sha-256", true},
      {"host all /^app all reject", "host all +staff all scram-sha-256", true},
      {"host /^app all all reject", "host all +staff all scram-sha-256", true},
      {"host all ops all reject", "host all dev all scram-sha-256", false},
      {"host all +ops all reject", "host all +staff all reject", false},
      {"host all all a.example.org reject", "host all all b.example.org scram-sha-256", false},
      {"host all all samenet reject", "host all all 127.0.0.1/32 reject", false},
      {"local all ops reject", "host all +staff all scram-sha-256", false},
      {"host all +staff 10.0.0.0/9 reject", "host all ops 10.128.0.0/9 trust", false},
  }));
  CAPTURE(row.first, row.second);
  const auto one = row.first + '\n';
  const auto other = row.second + '\n';
  for (const auto& changes :
       {changes_of(one + other, other + one), changes_of(other + one, one + other)}) {
    CHECK(changes.complete);
    CHECK(changes.list.empty() != row.may_change);
  }
  CHECK(changes_of(one + other, one + other).list.empty());
}
