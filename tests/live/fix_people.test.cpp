// What `pgleast fix` does to the people of a cluster: random worlds of applications, owners,
// backup, replication and people (support/people_world.hpp), in which all logins, all that
// everybody does and all privileges are recorded before a fix is applied, and again after it.
//
// By default nobody loses a login or a statement but by a finding that is about just that, and what
// lost.csv says is what is lost.
//
// PGLEAST_PEOPLE: how many worlds; PGLEAST_SEED: the first.

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "net/origin.hpp"
#include "pg/identifier.hpp"
#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/own_network.hpp"
#include "support/people_record.hpp"
#include "support/people_world.hpp"
#include "support/server.hpp"
#include "text/files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// Whom a finding is about, so that the default plan may take what it rules out.
enum class Whom { everybody, who_is_named };

struct RuledOut {
  const char* rule;  // or how its name begins, with a star
  Whom whom;
  const char* deed = "";  // how what it rules out begins
};

// Those whom the code of an owner runs as (ESC-POLICY, ESC-TRIGGER, ...) are victims of the step
// up, and are to lose nothing by the fix that ends it.
const std::vector<RuledOut> statements_ruled_out{
    {"ACL-*", Whom::everybody, ""},
    {"FUN-002", Whom::everybody, ""},
    {"ROL-001", Whom::who_is_named, ""},
    {"ROL-002", Whom::who_is_named, ""},
    {"ROL-003", Whom::who_is_named, ""},
    {"ROL-004", Whom::who_is_named, ""},
    {"ROL-006", Whom::who_is_named, ""},
    {"MOD-002", Whom::who_is_named, ""},
    {"MOD-003", Whom::who_is_named, ""},
    {"MOD-004", Whom::everybody, ""},  // what PUBLIC may have, too
    {"MOD-007", Whom::who_is_named, ""},
    {"RLS-012", Whom::everybody, "TRUNCATE"},
    {"ESC-SET", Whom::who_is_named, "SET ROLE"},
    {"ESC-SECDEF", Whom::everybody, "SELECT shop.total"},
    {"ESC-SECDEF", Whom::everybody, "SELECT util.tenant"},
    {"ESC-FILEFUNC", Whom::everybody, "SELECT length(pg_read_file"},
    {"ESC-PARAM", Whom::everybody, "SET log_statement"},
    {"ESC-SEARCHPATH", Whom::everybody, "CREATE"},
    {"ESC-DUMP", Whom::everybody, "CREATE"},
    {"ESC-BYPASSRLS", Whom::who_is_named, ""},
    {"ESC-CREATEROLE", Whom::who_is_named, "CREATE ROLE"},
};

bool is_of(const std::string& rule, std::string pattern) {
  if (!pattern.ends_with('*')) return rule == pattern;
  pattern.pop_back();
  return rule.starts_with(pattern);
}

// A login that a record's finding is about.
struct LostLogin {
  LoginTry login;
  bool asked = false;  // for a password, before
  bool superuser = false;
  bool is_network() const { return !login.source.empty() && !is_loopback(); }
  bool is_loopback() const { return login.source == "::1" || login.source.starts_with("127."); }
};

struct LoginRuledOut {
  const char* rule;
  Whom whom;
  bool (*is_about)(const LostLogin&);
};

const std::vector<LoginRuledOut> logins_ruled_out{
    {"HBA-001", Whom::everybody, [](const LostLogin& l) { return l.is_network() && !l.asked; }},
    {"HBA-002", Whom::everybody,
     [](const LostLogin& l) { return l.login.source.empty() && !l.asked; }},
    {"HBA-003", Whom::everybody, [](const LostLogin& l) { return l.is_loopback() && !l.asked; }},
    {"HBA-009", Whom::everybody, [](const LostLogin& l) { return l.is_network() && l.superuser; }},
    {"HBA-010", Whom::everybody,
     [](const LostLogin& l) { return l.is_network() && l.login.database.empty(); }},
    {"ROL-001", Whom::who_is_named, [](const LostLogin& l) { return l.login.database.empty(); }},
    // The world's policy: from elsewhere than where applications and people are.
    {"MOD-007", Whom::who_is_named,
     [](const LostLogin& l) {
       return !l.login.source.empty() && !l.login.source.starts_with("10.20.");
     }},
};

// A row of lost.csv.
struct Told {
  std::string what, role, kind, object, privilege, before, after;
  mutable bool met = false;  // by something that is lost
};

std::vector<Told> told_in(const std::string& path) {
  std::vector<Told> result;
  if (!std::ifstream(path).good()) return result;
  const auto rows = csv_rows(read_file(path));
  REQUIRE(rows.at(0) == std::vector<std::string>{"what", "role", "database", "kind", "object",
                                                 "privilege", "before", "after"});
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& r = rows[i];
    REQUIRE(r.size() == 8);
    result.push_back({r[0], r[1], r[3], r[4], r[5], r[6], r[7]});
  }
  return result;
}

// `10.0.0.1-10.0.0.9`, `10.0.0.0/8`, `10.0.0.1`.
std::optional<AddressSet> range_named(const std::string& word) {
  const auto dash = word.find('-');
  if (dash == std::string::npos) return addresses_named(word);
  const auto first = addresses_named(word.substr(0, dash));
  const auto last = addresses_named(word.substr(dash + 1));
  if (!first || !last || first->v4.empty() != last->v4.empty()) return std::nullopt;
  const auto between = [](const AddressLine& from, const AddressLine& to) {
    if (from.empty()) return AddressLine();
    return AddressLine({{from.ranges().front().first, to.ranges().back().last}});
  };
  return AddressSet{between(first->v4, last->v4), between(first->v6, last->v6)};
}

bool is_among(const std::string& address, std::string words) {
  if (words.find("any address") != std::string::npos) return true;
  const bool v6 = address.find(':') != std::string::npos;
  if (words.find(v6 ? "any IPv6 address" : "any IPv4 address") != std::string::npos) return true;
  std::replace(words.begin(), words.end(), ',', ' ');
  std::istringstream each(words);
  for (std::string word; each >> word;) {
    if (word == "loopback" && (address == "::1" || address.starts_with("127."))) return true;
    const auto addresses = range_named(word);
    if (addresses && addresses_named(address)->without(*addresses).empty()) return true;
  }
  return false;
}

// `from 10.0.0.0/8, without TLS: a password`, `from the local socket: no credential`. What no
// record names is `any role` to `any database`.
bool takes(const Told& told, const LoginTry& login) {
  if (told.what != "login") return false;
  if (told.role != login.role && told.role != "any role") return false;
  const auto database = login.database.empty() ? "replication" : login.database;
  if (told.object != database && told.object != "any database") return false;
  const auto from = told.before.substr(0, told.before.find(": "));
  const auto has = [&](const char* words) { return from.find(words) != std::string::npos; };
  if (login.source.empty()) return has("the local socket");
  if (has("without TLS") ? login.tls : has("encrypted") && !login.tls) return false;
  return is_among(login.source, from.substr(0, from.find(", without TLS")));
}

bool is_lost(const LoginAnswer& before, const LoginAnswer& after) {
  return before.in && (!after.in || (after.asked && !before.asked));
}

// Whether `localhost` is ::1, too, the machine says.
bool is_not_listened_to(const LoginAnswer& answer) {
  return answer.error.find("Connection refused") != std::string::npos;
}

// A statement or an edit that is in a plan, and the finding that asked for it.
struct Cause {
  std::string rule, finding, change;
};

std::string text_of(const nlohmann::json& finding) {
  auto text = finding.at("subject").at("name").get<std::string>() + '\n' +
              finding.at("message").get<std::string>();
  for (const auto& step : finding.at("path")) text += '\n' + step.get<std::string>();
  return text;
}

std::vector<Cause> causes_in(const nlohmann::json& audit, const std::string& script,
                             const std::map<std::string, std::string>& files) {
  std::vector<Cause> causes;
  for (const auto& finding : audit.at("findings")) {
    const auto& fix = finding.at("fix");
    if (fix.is_null()) continue;
    const auto rule = finding.at("rule").get<std::string>();
    for (const auto& sql : fix.at("sql")) {
      const auto text = sql.get<std::string>();
      if (script.find('\n' + text) == std::string::npos) continue;
      causes.push_back({rule, text_of(finding), text});
    }
    for (const auto& edit : fix.at("edits")) {
      const auto after = edit.at("after").get<std::string>();
      for (const auto& [name, text] : files) {
        if (!edit.at("file").get<std::string>().ends_with(name)) continue;
        if (text.find(after) == std::string::npos) continue;
        causes.push_back({rule, text_of(finding), after});
      }
    }
  }
  return causes;
}

bool has_all(const std::string& text, const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(),
                     [&](const auto& word) { return text.find(word) != std::string::npos; });
}

std::string rules_of(const std::vector<const Cause*>& causes) {
  std::set<std::string> rules;
  for (const auto* const cause : causes) rules.insert(cause->rule);
  std::string text;
  for (const auto& rule : rules) text += (text.empty() ? "" : "+") + rule;
  return text.empty() ? "no rule" : text;
}

struct Count {
  std::size_t fixes = 0, plans = 0, stopped = 0, logins = 0, logins_kept = 0, statements = 0,
              statements_kept = 0, privileges_lost = 0, told = 0, untold = 0, only_told = 0,
              not_allowed = 0, unmet = 0, not_undone = 0, not_again = 0, failed = 0;
  std::map<std::string, std::size_t> excused, against;  // by rule and kind of loss
  std::size_t differences() const {
    return stopped + untold + only_told + not_allowed + not_undone + not_again + failed;
  }
};

class People {
 public:
  People(std::uint64_t number, bool networks, std::map<std::string, Count>& counts)
      : number_(number), networks_(networks), counts_(counts) {
    const auto* const me = getpwuid(geteuid());
    const std::string name = me == nullptr ? "root" : me->pw_name;
    world_ = people_world({number, server_.major(), server_.superuser(), name,
                           geteuid() == 0 ? "nobody" : name, networks});
    make();
  }

  void compare() {
    PeopleRecorder recorder(server_, world_, networks_);
    const auto before = recorder.record(nullptr);
    for (const char* const mode : {"", "--accept all"}) {
      count_ = &counts_[mode];
      mode_ = mode;
      ++count_->fixes;
      if (fix()) {
        apply(recorder);
        install();
        hold(before, running_ ? recorder.record(&before) : Recording());
      }
      undo(recorder, before.catalogs);
    }
  }

 private:
  void make() {
    if (world_.tls) make_certificate(server_);
    server_.sql("postgres", world_.everywhere);
    server_.sql("shop", world_.in_shop);
    const auto data = server_.data();
    old_ = {{"pg_hba.conf", world_.hba},
            {"pg_ident.conf", world_.ident},
            {"postgresql.conf", read_file(data + "/postgresql.conf") + world_.conf}};
    write(old_);
    run("chmod 711 " + server_.folder());  // so that others get at the socket
    server_.restart();
  }

  void write(const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) server_.write(server_.data() + '/' + name, text);
  }

  void differ(std::size_t& count, const std::string& what) {
    ++count;
    if (++printed_ <= most_printed()) {
      std::cout << "world " << number_ << " on " << server_major() << ", " << world_.policy_kind
                << ' ' << mode_ << ": " << what << '\n';
    }
  }
  static std::size_t most_printed() {
    const char* const wanted = std::getenv("PGLEAST_PEOPLE_PRINT");
    return wanted == nullptr ? 12 : std::stoul(wanted);
  }
  int server_major() const { return major_; }

  // False where there is no plan.
  bool fix() {
    folder_ = server_.folder() + "/fixes" + std::to_string(counts_.size());
    run("rm -rf " + folder_);
    const auto policy = server_.folder() + "/policy.yaml";
    server_.write(policy, world_.policy);
    const auto source = " --dsn " + shell_quoted(server_.dsn("shop")) + " --policy " + policy;
    const auto audit = test::pgleast("audit --format json --fail-on never" + source);
    const auto ran =
        test::pgleast("fix --fail-on never --output-dir " + folder_ + source + ' ' + mode_);
    summary_ = ran.out;
    if (ran.code != 0 && ran.code != 3) {
      differ(count_->failed, "fix: " + ran.out);
      return false;
    }
    ++count_->plans;
    patched_.clear();
    for (const auto& [name, text] : old_) {
      const auto path = folder_ + '/' + name;
      if (std::ifstream(path).good()) patched_[name] = read_file(path);
    }
    const auto report = std::min(audit.out.find('{'), audit.out.size());  // after what is on stderr
    causes_ = causes_in(nlohmann::json::parse(audit.out.substr(report)),
                        read_file(folder_ + "/fix.sql"), patched_);
    return true;
  }

  void run_script(const char* name) {
    const auto ran = server_.psql_file("shop", folder_ + '/' + name);
    if (ran.code != 0) differ(count_->failed, std::string(name) + ": " + ran.out);
  }

  void apply(PeopleRecorder& recorder) {
    run_script("fix.sql");
    const auto once = recorder.catalogs();
    run_script("fix.sql");
    if (recorder.catalogs() != once) differ(count_->not_again, "a second run changes something");
  }

  void install() {
    // What `tls` asks to look at first.
    if (!mode_.empty() && !world_.tls) make_certificate(server_);
    write(patched_);
    try {
      server_.restart();
      running_ = true;
    } catch (const std::runtime_error&) {
      running_ = false;
      differ(count_->stopped, "the server does not start with the patched files");
    }
  }

  void undo(PeopleRecorder& recorder, const std::vector<std::string>& catalogs) {
    write(old_);
    server_.restart();
    run_script("undo.sql");
    const auto now = recorder.catalogs();
    std::vector<std::string> more, less;
    std::set_difference(now.begin(), now.end(), catalogs.begin(), catalogs.end(),
                        std::back_inserter(more));
    std::set_difference(catalogs.begin(), catalogs.end(), now.begin(), now.end(),
                        std::back_inserter(less));
    for (const auto& line : less) differ(count_->not_undone, "not restored: " + line);
    for (const auto& line : more) differ(count_->not_undone, "is now: " + line);
  }

  void hold(const Recording& before, const Recording& after) {
    told_ = told_in(folder_ + "/lost.csv");
    count_->told += told_.size();
    if (!running_) return;
    lost_ = lost_privileges(before, after);
    hold_privileges();
    hold_logins(before, after);
    hold_rows(before, after);
    hold_statements(before, after);
    for (const auto& row : told_) {
      if (row.met) continue;
      // Which rows a policy lets through, and what code comes to, hangs on the rows; and not every
      // login was tried.
      const bool tried = std::any_of(
          before.logins.begin(), before.logins.end(),
          [&](const auto& login) { return login.second.in && takes(row, login.first); });
      // Who was a superuser could do all, and that is not recorded; nor are large objects
      // before 18.
      const bool recorded = row.what == "privilege" && !before.superusers.contains(row.role) &&
                            (row.kind != "large-object" || major_ >= 18);
      const bool certain = !row.before.starts_with("perhaps") && !row.after.starts_with("perhaps");
      if (recorded || (row.what == "login" && tried && certain)) {
        differ(count_->only_told, "only lost.csv has: " + shown(row));
      } else {
        ++count_->unmet;
      }
    }
  }

  static std::string shown(const Told& row) {
    return row.what + ',' + row.role + ',' + row.kind + ',' + row.object + ',' + row.privilege +
           ',' + row.before + ',' + row.after;
  }

  // The default plan takes only what a finding is about.
  void judge(const std::string& loss, const std::vector<const Cause*>& excuses,
             const std::vector<const Cause*>& causes, const std::string& what) {
    if (!excuses.empty() || !mode_.empty()) {
      ++count_->excused[loss + " by " + rules_of(excuses.empty() ? causes : excuses)];
    } else {
      const auto by = loss + " by " + rules_of(causes);
      ++count_->against[by];
      differ(count_->not_allowed, by + ": " + what);
    }
  }

  std::vector<const Cause*> causes_of(const std::vector<std::string>& words) const {
    std::vector<const Cause*> result;
    for (const auto& cause : causes_) {
      if (has_all(cause.change, words)) result.push_back(&cause);
    }
    return result;
  }

  static bool is_on(const Told& row, const std::string& object) {
    return row.object == object || (row.object == "any large object" && row.kind == "large-object");
  }

  void hold_privileges() {
    count_->privileges_lost += lost_.size();
    for (const auto& l : lost_) {
      const auto told = std::find_if(told_.begin(), told_.end(), [&](const Told& row) {
        return row.what == "privilege" && row.role == l.role && row.kind == l.kind &&
               is_on(row, l.object) && row.privilege == l.privilege;
      });
      if (told != told_.end()) {
        told->met = true;
      } else {
        differ(count_->untold,
               "lost, not told: " + l.role + ' ' + l.kind + ' ' + l.object + ' ' + l.privilege);
      }
    }
  }

  void hold_logins(const Recording& before, const Recording& after) {
    for (const auto& [login, was] : before.logins) {
      if (!was.in) continue;
      ++count_->logins;
      const auto& now = after.logins.at(login);
      bool told = false;
      for (const auto& row : told_) {
        if (!takes(row, login)) continue;
        told = true;
        row.met = row.met || is_lost(was, now);
      }
      if (!is_lost(was, now)) {
        ++count_->logins_kept;
        continue;
      }
      const auto what =
          to_string(login) + (now.in ? ", now asked for a password" : ": " + now.error);
      if (!told && !is_not_listened_to(now))
        differ(count_->untold, "login lost, not told: " + what);
      judge_login({login, was.asked, before.superusers.contains(login.role)}, what);
    }
  }

  void judge_login(const LostLogin& lost, const std::string& what) {
    std::vector<const Cause*> excuses;
    for (const auto& cause : causes_) {
      for (const auto& row : logins_ruled_out) {
        const bool is = cause.rule == row.rule && row.is_about(lost);
        if (is && concerns(cause, row.whom, lost.login.role)) excuses.push_back(&cause);
      }
    }
    judge("login", excuses, {}, what);
  }

  static bool concerns(const Cause& cause, Whom whom, const std::string& role) {
    return whom == Whom::everybody || cause.finding.find(role) != std::string::npos;
  }

  // Rows that a policy hides now.
  void hold_rows(const Recording& before, const Recording& after) {
    for (const auto& row : told_) {
      if (row.what != "rows") continue;
      for (std::size_t i = 0; i < world_.deeds.size(); ++i) {
        const auto found = before.deeds.find({row.role, i});
        const auto& on = world_.deeds[i].on;
        const bool about = std::find(on.begin(), on.end(), "table " + row.object) != on.end() &&
                           world_.deeds[i].statement.starts_with(row.privilege);
        if (!about || found == before.deeds.end() || !found->second.error.empty()) continue;
        row.met = row.met || found->second != after.deeds.at({row.role, i});
      }
    }
  }

  void hold_statements(const Recording& before, const Recording& after) {
    for (const auto& [deed, was] : before.deeds) {
      if (!was.error.empty()) continue;
      ++count_->statements;
      const auto& now = after.deeds.at(deed);
      if (was == now) {
        ++count_->statements_kept;
        continue;
      }
      const auto& statement = world_.deeds[deed.second];
      const auto what = deed.first + ": " + statement.statement +
                        (now.error.empty() ? " gives other rows" : ": " + now.error);
      if (!is_told(deed.first, statement))
        differ(count_->untold, "statement lost, not told: " + what);
      if (connects(before, deed.first)) judge_statement(deed.first, statement, what);
    }
  }

  // What everybody does is recorded by SET ROLE, which asks nobody for CONNECT.
  static bool connects(const Recording& before, const std::string& role) {
    const auto held = before.holders.find("database|shop|CONNECT");
    return held != before.holders.end() && held->second.find(',' + role + ',') != std::string::npos;
  }

  // The object, or the table of the column.
  static std::string name_of(const std::string& kind, const std::string& object) {
    if (kind != "column") return kind + ' ' + object;
    return "table " + object.substr(0, object.rfind('.'));
  }

  bool is_told(const std::string& role, const Deed& deed) const {
    return std::any_of(told_.begin(), told_.end(), [&](const Told& row) {
      // By itself, or by the owner whose rights a view or a function has.
      if (row.role != role && !acts(row.role)) return false;
      const auto is_on = [&](const std::string& name) {
        return std::find(deed.on.begin(), deed.on.end(), name) != deed.on.end();
      };
      if (row.object == "any large object") {
        return std::any_of(deed.on.begin(), deed.on.end(),
                           [](const auto& name) { return name.starts_with("large-object "); });
      }
      if (row.what != "attribute") return is_on(name_of(row.kind, row.object));
      const bool everything = row.privilege == "SUPERUSER" || row.privilege == "BYPASSRLS";
      return row.role == role && (everything || is_on("attribute " + row.privilege));
    });
  }

  std::vector<const Cause*> causes_of_statement(const std::string& role, const Deed& deed) const {
    std::vector<const Cause*> causes;
    const auto take = [&](const std::vector<std::string>& words) {
      for (const auto* const cause : causes_of(words)) causes.push_back(cause);
    };
    for (const auto& name : deed.on) {
      for (const auto& l : lost_) {
        if (name_of(l.kind, l.object) != name || (l.role != role && !acts(l.role))) continue;
        auto words = words_of(name);
        words.insert(words.end(), {"REVOKE", l.privilege});
        take(words);
      }
      for (const auto* const change : {"ROW LEVEL SECURITY", "SET search_path"}) {
        auto words = words_of(name);
        words.emplace_back(change);
        take(words);
      }
    }
    take({"ALTER ROLE " + quote_identifier(role)});
    take({"REVOKE \"", " FROM " + quote_identifier(role)});  // a membership
    return causes;
  }

  void judge_statement(const std::string& role, const Deed& deed, const std::string& what) {
    const auto causes = causes_of_statement(role, deed);
    std::vector<const Cause*> excuses;
    for (const auto* const cause : causes) {
      for (const auto& row : statements_ruled_out) {
        if (!is_of(cause->rule, row.rule)) continue;
        const bool is = deed.statement.starts_with(row.deed) && concerns(*cause, row.whom, role);
        if (is) excuses.push_back(cause);
        if (is || *row.deed == '\0') break;  // the first row for all of a rule says the rest
      }
    }
    judge("statement", excuses, causes, what);
  }

  // By the owner's rights a view and a function run.
  static bool acts(const std::string& role) { return role.ends_with("_owner"); }

  // `table shop.orders` -> "shop" "orders", as they stand in statements.
  static std::vector<std::string> words_of(const std::string& name) {
    std::vector<std::string> words;
    auto rest = name.substr(name.find(' ') + 1);
    rest = rest.substr(0, rest.find('('));
    std::istringstream parts(rest);
    for (std::string part; std::getline(parts, part, '.');) {
      words.push_back(part.starts_with('"') ? part : quote_identifier(part));
    }
    return words;
  }

  std::uint64_t number_;
  bool networks_;
  std::map<std::string, Count>& counts_;
  LiveServer server_;
  int major_ = server_.major();
  PeopleWorld world_;
  std::map<std::string, std::string> old_, patched_;
  std::vector<Cause> causes_;
  std::vector<Told> told_;
  std::set<HeldPrivilege> lost_;
  std::string folder_, mode_, summary_;
  Count* count_ = nullptr;
  std::size_t printed_ = 0;
  bool running_ = true;
};

std::uint64_t number_of(const char* name, std::uint64_t otherwise) {
  const char* const wanted = std::getenv(name);
  return wanted == nullptr ? otherwise : std::stoull(wanted);
}

void print(const std::string& mode, const Count& c) {
  std::cout << "fix" << (mode.empty() ? "" : " " + mode) << ": " << c.fixes << " worlds, "
            << c.plans << " plans, " << c.stopped << " stop the server; logins " << c.logins
            << ", kept " << c.logins_kept << "; statements " << c.statements << ", kept "
            << c.statements_kept << "; privileges lost " << c.privileges_lost << ", rows told "
            << c.told << "; differences: not told " << c.untold << ", only told " << c.only_told
            << " (and not to be tried " << c.unmet << "), not ruled out " << c.not_allowed
            << ", not undone " << c.not_undone << ", changed again " << c.not_again << ", failed "
            << c.failed << '\n';
  for (const auto& [rule, count] : c.excused)
    std::cout << "  excused: " << count << ' ' << rule << '\n';
  for (const auto& [rule, count] : c.against)
    std::cout << "  not ruled out: " << count << ' ' << rule << '\n';
}

}  // namespace

TEST_CASE("a fix shuts nobody out but by its finding, and tells all losses",
          "[live][fix][people]") {
  std::map<std::string, Count> counts;
  in_own_network({"10.20.0.1", "10.30.0.1", "10.40.0.1"}, [&](bool networks) {
    const auto first = number_of("PGLEAST_SEED", 1), worlds = number_of("PGLEAST_PEOPLE", 2);
    for (auto number = first; number < first + worlds; ++number) {
      People(number, networks, counts).compare();
    }
  });
  for (const auto& [mode, count] : counts) {
    print(mode, count);
    INFO(mode);
    CHECK(count.differences() == 0);
    CHECK(count.logins > 0);
    CHECK(count.statements > 0);
  }
}
