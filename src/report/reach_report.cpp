#include "report/reach_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;

// The file's bare name where no other one has it.
class RecordNames {
 public:
  explicit RecordNames(const Cluster& cluster) : records_(cluster.hba.records) {
    std::set<std::string> paths, names;
    for (const auto& record : records_) {
      paths.insert(record.at.file);
      names.insert(bare(record.at.file));
    }
    short_ = names.size() == paths.size();
  }

  std::string place(std::size_t record) const {
    const auto& at = records_[record].at;
    return fmt::format("{}:{}", displayed(short_ ? bare(at.file) : at.file), at.line);
  }
  std::string operator()(std::size_t record) const {
    return place(record) + ' ' + displayed(records_[record].method);
  }

 private:
  static std::string bare(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  const std::vector<HbaRecord>& records_;
  bool short_ = true;
};

std::vector<std::string> shown(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (const auto& name : names) result.push_back(displayed(name));
  return result;
}

// "pgbouncer.ini:14 any", "hba.conf:3 md5 as web": where it asks its clients, and as whom.
std::string pooler_words(const PoolerHop& pooler) {
  const auto name = pooler.file.substr(pooler.file.rfind('/') + 1);
  const auto place = pooler.line == 0 ? std::string() : fmt::format(":{}", pooler.line);
  const auto as = pooler.clients.empty() ? std::string()
                                         : fmt::format(" as {}", listed(shown(pooler.clients), 3));
  return fmt::format("{}{} {}{}", displayed(name), place, displayed(pooler.method), as);
}

Json pooler_json(const std::optional<PoolerHop>& pooler) {
  if (!pooler) return {};
  return {{"file", pooler->file},         {"line", pooler->line}, {"method", pooler->method},
          {"database", pooler->database}, {"user", pooler->user}, {"clients", pooler->clients}};
}

std::string role_words(const std::vector<std::string>& roles) {
  if (roles.size() <= 4) return listed(shown(roles));
  return fmt::format("{} roles ({})", roles.size(), listed(shown(roles), 3));
}

std::string transport_words(const std::vector<Transport>& transports) {
  const auto has = [&](Transport t) {
    return std::find(transports.begin(), transports.end(), t) != transports.end();
  };
  if (has(Transport::plain)) return has(Transport::tls) ? "with or without TLS" : "no TLS";
  if (has(Transport::tls)) return "TLS";
  return has(Transport::gss) ? "GSSAPI" : "";
}

Json place_of_record(const Cluster& cluster, std::size_t record) {
  const auto& r = cluster.hba.records[record];
  return {{"file", r.at.file}, {"line", r.at.line}, {"method", r.method}};
}

Json transports_json(const std::vector<Transport>& transports) {
  auto result = Json::array();
  for (const auto transport : transports) result.push_back(lower_case(to_string(transport)));
  return result;
}

Json origin_json(const ClientOrigin& origin) {
  auto result = Json::array();
  if (origin.local) result.push_back("local");
  for (auto& range : range_texts(origin.addresses)) result.push_back(std::move(range));
  return result;
}

std::string dumped(const Json& json) { return json_text(json) + '\n'; }

// --- Ways ---------------------------------------------------------------------------------------

std::string row_words(const Route& route) { return route.rows ? route.rows->words : ""; }

std::string way_head(const Way& way) {
  std::vector<std::string> parts{way.demand.credential};
  for (auto& part : {transport_words(way.transports), row_words(way.route)}) {
    if (!part.empty()) parts.push_back(part);
  }
  if (way.route.needs_victim) parts.emplace_back("needs somebody else to act");
  std::string head;
  for (const auto& part : parts) head += (head.empty() ? "" : ", ") + part;
  return head;
}

// At the pooler's port; where the role is forced any name will do.
std::string try_words(const Way& way) {
  auto witness = way.witness;
  if (!way.pooler) return to_string(witness);
  if (!way.pooler->database.empty()) witness.database = way.pooler->database;
  if (!way.pooler->clients.empty()) witness.user = way.pooler->clients.front();
  auto text = to_string(witness);
  const auto user = text.find("user=");
  text.insert(user, fmt::format("port={} ", displayed(way.pooler->port)));
  const auto server = text.find("host=SERVER");
  if (server != std::string::npos) text.replace(server, 11, "host=POOLER");
  return text;
}

std::string way_text(const Cluster& cluster, const RecordNames& records, const Way& way) {
  auto text = "   " + to_string(way.from);
  if (way.pooler) text += fmt::format("  --{}-->  the pooler", pooler_words(*way.pooler));
  text += fmt::format("  --{}-->  {}", records(way.record), role_words(way.roles));
  for (const auto& leg : way.route.legs) {
    text +=
        fmt::format("  --{}{}>  {}", leg_words(cluster, leg), leg.how.empty() ? "" : "--", leg.to);
  }
  text += '\n';
  for (const auto& step : way.route.steps) text += "   " + step.text + '\n';
  if (!way.unknown.empty()) text += "   unknown: " + way.unknown + '\n';
  text += "   try: " + try_words(way) + '\n';
  for (const auto& statement : way.route.statements) {
    text += "        " + displayed(statement) + '\n';
  }
  return text;
}

std::string shut_text(const RecordNames& records, const std::vector<ShutDoor>& doors) {
  std::string text;
  for (const auto& door : doors) {
    text += fmt::format("not open: {} to {}: {}\n", records(door.record), role_words(door.roles),
                        door.why);
  }
  return text.empty() ? text : text + '\n';
}

std::string cut_words(const RecordNames& records, const WayCut& cut) {
  if (cut.record) return records.place(*cut.record) + " with reject";
  std::string text;
  for (const auto& line : cut.sql) text += (text.empty() ? "" : " ") + displayed(line);
  return text;
}

std::string cuts_text(const RecordNames& records, const std::vector<WayCut>& cuts) {
  std::string text;
  for (const auto& cut : cuts) {
    std::vector<std::string> numbers;
    for (const auto& ended : cut.ends) {
      numbers.push_back(std::to_string(ended.way + 1));
      if (!ended.only_for.empty()) numbers.back() += " for " + role_words(ended.only_for);
    }
    text += fmt::format("ends {} {}: {}\n", numbers.size() == 1 ? "way" : "ways",
                        listed(numbers, 8), cut_words(records, cut));
  }
  return text.empty() ? text : text + '\n';
}

Json cuts_json(const RecordNames& records, const std::vector<WayCut>& cuts, std::size_t way,
               const std::vector<std::string>& roles) {
  auto result = Json::array();
  for (const auto& cut : cuts) {
    for (const auto& ended : cut.ends) {
      if (ended.way != way) continue;
      result.push_back({{"by", cut_words(records, cut)},
                        {"ends_for", ended.only_for.empty() ? roles : ended.only_for}});
    }
  }
  return result;
}

Json way_json(const Cluster& cluster, const Target& target, const Way& way) {
  auto path = Json::array();
  for (const auto& leg : way.route.legs)
    path.push_back({{"how", leg_words(cluster, leg)}, {"to", leg.to}});
  Json result{{"target", end_of_path(cluster, target)}, {"privilege", nullptr}};
  if (!target.power) result["privilege"] = info(target.privilege).keyword;
  result["from"] = origin_json(way.from);
  result["transports"] = transports_json(way.transports);
  result["record"] = place_of_record(cluster, way.record);
  result["pooler"] = pooler_json(way.pooler);
  result["credential"] = {{"asks", to_string(way.demand.asks)}, {"words", way.demand.credential}};
  result["roles"] = way.roles;
  result["databases"] = way.databases;
  result["path"] = path;
  result["steps"] = Json::array();
  for (const auto& step : way.route.steps) result["steps"].push_back(step.text);
  result["rows"] = way.route.rows ? Json(way.route.rows->words) : Json();
  result["certain"] = way.unknown.empty();
  result["why"] = way.unknown;
  result["needs_victim"] = way.route.needs_victim;
  result["witness"] = {{"connect", try_words(way)}, {"statements", way.route.statements}};
  return result;
}

// What was not looked at may be a way.
Json not_looked_at_json(const Cluster& cluster, const WaysReport& report) {
  const auto& target = report.target;
  Json result{{"target", end_of_path(cluster, target)}, {"privilege", nullptr}};
  if (!target.power) result["privilege"] = info(target.privilege).keyword;
  result["certain"] = false;
  result["why"] = report.not_looked_at->why;
  result["remedy"] = report.not_looked_at->remedy;
  return result;
}

std::string not_looked_at_text(const std::optional<Unseen>& unseen) {
  if (!unseen) return "";
  return fmt::format("unseen: {} ({})\n\n", unseen->why, unseen->remedy);
}

// --- ClusterReach -------------------------------------------------------------------------------

std::string names_of(const DoorReach& door) {
  if (door.anybody)
    return door.roles.empty() ? "any role" : "any role, " + role_words(door.roles) + " among them";
  return role_words(door.roles);
}

std::string counts_of(const DatabaseReach& database) {
  auto name = database.name.empty() ? "every other database" : displayed(database.name);
  if (!database.read) return name;
  if (!database.tables.any()) return fmt::format("{}: no table", name);
  constexpr std::array<std::string_view, counted_privileges.size()> verbs{"read", "add to",
                                                                          "change", "delete from"};
  std::map<std::size_t, std::vector<std::string>, std::greater<>> by_count;
  for (std::size_t p = 0; p < verbs.size(); ++p) {
    if (database.tables.held[p] != 0) by_count[database.tables.held[p]].emplace_back(verbs[p]);
  }
  std::vector<std::string> parts;
  for (const auto& [count, words] : by_count) {
    parts.push_back(fmt::format("{} {}", listed(words), count));
  }
  std::string result = fmt::format("{}: ", name);
  for (const auto& part : parts) result += (&part == &parts.front() ? "" : ", ") + part;
  return fmt::format("{} of {}", result, counted(database.tables.tables, "table"));
}

std::string records_words(const RecordNames& records, const DoorReach& door) {
  std::vector<std::string> names;
  for (const auto record : door.records) names.push_back(records(record));
  const auto text = listed(names, 3);
  return door.pooler ? fmt::format("{}, then {}", pooler_words(*door.pooler), text) : text;
}

std::string door_text(const RecordNames& records, const DoorReach& door) {
  const auto transports = transport_words(door.transports);
  auto text = fmt::format("    {}{}: {}\n", records_words(records, door),
                          transports.empty() ? "" : ", " + transports, names_of(door));
  if (!door.superusers.empty()) {
    text += fmt::format("      superuser as {}: all rows, and the server's operating system\n",
                        role_words(door.superusers));
  }
  const auto add_rise = [&](const std::vector<std::string>& roles, std::string_view words) {
    if (!roles.empty()) text += fmt::format("      superuser {} as {}\n", words, role_words(roles));
  };
  add_rise(door.climbers, "by a step up");
  add_rise(door.perhaps,
           "perhaps, by a step up that somebody else must help or that is uncertain,");
  if (door.replication) text += "      a copy of the whole cluster (replication)\n";
  if (!door.copiers.empty()) {
    text += fmt::format("      a copy of the whole cluster as {} (replication=database)\n",
                        role_words(door.copiers));
  }
  std::vector<std::string> counts;
  for (const auto& database : door.databases) counts.push_back(counts_of(database));
  constexpr std::size_t most = 5;
  if (!counts.empty()) {
    std::string line = "in";
    for (std::size_t i = 0; i < std::min(counts.size(), most); ++i)
      line += (i == 0 ? " " : "; ") + counts[i];
    if (counts.size() > most) line += fmt::format("; and {} more databases", counts.size() - most);
    text += "      " + line + '\n';
  }
  if (!door.unknown.empty()) text += "      unknown: " + door.unknown + '\n';
  return text;
}

// What two zones have in common is said once.
bool same_reach(const ZoneReach& a, const ZoneReach& b) {
  return std::equal(a.doors.begin(), a.doors.end(), b.doors.begin(), b.doors.end(),
                    [](const DoorReach& x, const DoorReach& y) {
                      return x.records == y.records && x.asks == y.asks && x.roles == y.roles &&
                             x.credential == y.credential && x.pooler == y.pooler &&
                             x.databases == y.databases;
                    });
}

std::string zone_text(const RecordNames& records, const ZoneReach& zone, bool is_whole) {
  if (zone.doors.empty()) {
    return is_whole ? "  nobody gets in\n" : "  nobody gets in as far as is known\n";
  }
  std::string text;
  bool first[2] = {true, true};
  for (const auto& door : zone.doors) {
    const bool free = door.asks == AskedCredential::nothing;
    if (first[free ? 0 : 1]) text += free ? "  with no credential\n" : "  with a credential\n";
    first[free ? 0 : 1] = false;
    auto lines = door_text(records, door);
    if (!free) lines.insert(lines.find('\n'), ", with " + door.credential);
    text += lines;
  }
  return text;
}

}  // namespace

std::string ways_text(const Cluster& cluster, const std::string& from,
                      const std::vector<WaysReport>& reports) {
  const RecordNames records(cluster);
  std::string text;
  for (const auto& report : reports) {
    const auto& ways = report.found.ways;
    text += fmt::format("{} -> {}: {}\n\n", from, to_string(cluster, report.target),
                        !ways.empty()          ? counted(ways.size(), "way")
                        : report.not_looked_at ? "no way as far as was looked"
                                               : "no way");
    for (std::size_t i = 0; i < ways.size(); ++i) {
      text += fmt::format("{}. {}\n", i + 1, way_head(ways[i])) +
              way_text(cluster, records, ways[i]) + '\n';
    }
    text += cuts_text(records, report.cuts);
    text += shut_text(records, report.found.shut);
    text += not_looked_at_text(report.not_looked_at);
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::string ways_json(const Cluster& cluster, const std::vector<WaysReport>& reports) {
  const RecordNames records(cluster);
  auto result = Json::array();
  for (const auto& report : reports) {
    for (std::size_t i = 0; i < report.found.ways.size(); ++i) {
      result.push_back(way_json(cluster, report.target, report.found.ways[i]));
      result.back()["cuts"] = cuts_json(records, report.cuts, i, report.found.ways[i].roles);
    }
    if (report.not_looked_at) result.push_back(not_looked_at_json(cluster, report));
  }
  return dumped(result);
}

bool may_be_more(const WaysReport& report) {
  const auto& ways = report.found.ways;
  return report.not_looked_at &&
         std::none_of(ways.begin(), ways.end(), [](const Way& way) { return way.is_certain(); });
}

std::string reach_text(const Cluster& cluster, const ClusterReach& reached,
                       const std::optional<Unseen>& not_looked_at, bool is_whole) {
  const RecordNames records(cluster);
  std::string text;
  const ZoneReach* before = nullptr;
  for (const auto& zone : reached.zones) {
    text += fmt::format("from {}\n", to_string(zone.zone));
    if (before != nullptr && !zone.doors.empty() && same_reach(*before, zone)) {
      text += fmt::format("  the same as from {}\n", to_string(before->zone));
    } else {
      text += zone_text(records, zone, is_whole);
    }
    before = &zone;
    text += '\n';
  }
  text += shut_text(records, reached.shut);
  text += not_looked_at_text(not_looked_at);
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::string reach_json(const Cluster& cluster, const ClusterReach& reached) {
  auto result = Json::array();
  for (const auto& zone : reached.zones) {
    auto doors = Json::array();
    for (const auto& door : zone.doors) {
      auto databases = Json::array();
      for (const auto& d : door.databases) {
        Json counts;
        for (std::size_t p = 0; d.read && p < counted_privileges.size(); ++p) {
          counts[std::string(info(counted_privileges[p]).keyword)] = d.tables.held[p];
        }
        databases.push_back({{"database", d.name.empty() ? Json() : Json(d.name)},
                             {"tables", d.read ? Json(d.tables.tables) : Json()},
                             {"held", counts}});
      }
      auto records = Json::array();
      for (const auto record : door.records) records.push_back(place_of_record(cluster, record));
      doors.push_back({{"from", origin_json(door.from)},
                       {"transports", transports_json(door.transports)},
                       {"records", records},
                       {"credential", {{"asks", to_string(door.asks)}, {"words", door.credential}}},
                       {"roles", door.roles},
                       {"any_role", door.anybody},
                       {"superusers", door.superusers},
                       {"climbers", door.climbers},
                       {"perhaps_superusers", door.perhaps},
                       {"pooler", pooler_json(door.pooler)},
                       {"replication", door.replication},
                       {"copiers", door.copiers},
                       {"databases", databases},
                       {"certain", door.unknown.empty()},
                       {"why", door.unknown}});
    }
    result.push_back({{"origin", to_string(zone.zone)}, {"doors", doors}});
  }
  return dumped(result);
}

}  // namespace pgleast
