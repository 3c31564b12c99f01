// pgleast hba decide: which record of pg_hba.conf decides for one connection.

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "connections/decide.hpp"
#include "connections/login.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using nlohmann::ordered_json;

struct DecideOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string user, database, address;
  bool local = false;
  bool ssl = false;
  bool gss = false;
  bool replication = false;
  std::optional<std::string> host_name;
};

// A client on a socket for both families comes as ::ffff:10.0.0.1, but PostgreSQL listens for
// each alone.
std::vector<std::uint8_t> address_bytes(const std::string& text) {
  // fe80::1%eth0: the server logs the zone and compares without it.
  const auto zone = text.find(':') == std::string::npos ? std::string::npos : text.find('%');
  if (zone != std::string::npos && zone + 1 < text.size()) {
    return address_bytes(text.substr(0, zone));
  }
  std::vector<std::uint8_t> bytes(4);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(16);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
    fail_usage(
        fmt::format("--address: `{}` is not the address of one client, like 10.0.0.1 or fd00::1",
                    displayed(text)));
  }
  const std::vector<std::uint8_t> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
    fail_usage(fmt::format("--address: to PostgreSQL `{}` is {}", displayed(text),
                           inet_text({bytes.begin() + 12, bytes.end()})));
  }
  return bytes;
}

void check_usage(const DecideOptions& o) {
  if (o.user.empty()) fail_usage("--user is empty");
  if (o.local == !o.address.empty()) {
    fail_usage("say where the client comes from: either --address or --local");
  }
  if (o.local && (o.ssl || o.gss || o.host_name)) {
    fail_usage("--ssl, --gss and --hostname go with --address, not with --local");
  }
  if (o.ssl && o.gss) {
    fail_usage("--ssl and --gss contradict each other: a connection is encrypted by one of them");
  }
}

Attempt attempt_of(const DecideOptions& o) {
  Attempt attempt;
  attempt.user = o.user;
  attempt.database = o.database;
  // With a database it is `replication=database`, which is matched like any other connection.
  attempt.physical_replication = o.replication && o.database.empty();
  if (!o.local) attempt.address = address_bytes(o.address);
  if (o.ssl || o.gss) attempt.encryption = o.ssl ? Encryption::tls : Encryption::gss;
  attempt.host_name = o.host_name;
  return attempt;
}

std::optional<bool> ssl_setting(const Cluster& cluster) {
  const auto* const ssl = cluster.find_setting("ssl");
  if (!cluster.seen(Fact::settings) || ssl == nullptr) return std::nullopt;
  return ssl->value == "on";
}

std::vector<std::string> options_of(const HbaRecord& record) {
  std::vector<std::string> result;
  for (const auto* list : {&record.options, &record.unshown}) {
    for (const auto& [name, value] : *list) {
      result.push_back(name + '=' + (is_secret_option(name) ? "********" : value));
    }
  }
  return result;
}

// What is decided, and whether the role gets in by it.
struct Answer {
  Decision decision;
  std::string refused;    // why nobody gets in as the role, by whichever of the records; or empty
  std::string uncertain;  // why that is not known
};

Session session_of(const Cluster& cluster, const DecideOptions& o) {
  Session session;
  if (o.replication) {
    session.kind = o.database.empty() ? Session::Kind::physical_replication
                                      : Session::Kind::logical_replication;
  }
  const auto& name = o.database.empty() ? o.user : o.database;
  const auto database = shared_object_named(cluster, ObjectKind::database, name);
  if (database != no_object) session.database = database;
  return session;
}

// The record's method asks, then the server looks at the role and the database.
void add_login(const Cluster& cluster, const Graph& graph, const DecideOptions& o, Answer& answer) {
  if (answer.decision.kind != DecisionKind::admit || !cluster.seen(Fact::roles)) return;
  const auto user = o.user.substr(0, most_name_bytes);
  const auto role = cluster.find_role(user);
  if (!role) {
    answer.refused = fmt::format("there is no role {}", displayed(user));
    return;
  }
  const auto session = session_of(cluster, o);
  // Scripts may leave databases out.
  const bool all_known = cluster.seen(Fact::objects) && !cluster.server.empty();
  if (session.kind != Session::Kind::physical_replication && !session.database && all_known) {
    answer.refused =
        fmt::format("there is no database {}", displayed(o.database.empty() ? o.user : o.database));
    return;
  }
  const auto& record = cluster.hba.records[answer.decision.records.back()];
  const auto asked = login(graph, record, *role, session, today());
  (asked.can_be_met ? answer.uncertain : answer.refused) = asked.why;
  const auto& attributes = cluster.role(*role);
  const bool replicates = attributes.replication || attributes.superuser;
  if (o.replication && !replicates) answer.decision.kind = DecisionKind::reject;
}

std::string after(const DecideOptions& o, const Answer& answer) {
  if (!answer.refused.empty()) {
    return fmt::format("; but nobody gets in as {}: {}", displayed(o.user), answer.refused);
  }
  if (!answer.uncertain.empty()) return "; " + answer.uncertain;
  if (o.database == "replication" && !o.replication) {
    return "; this asks for a database of that name: for physical replication give --replication "
           "and no --database";
  }
  return "";
}

// The place is that of the record that decides, none where it may be one of several.
std::string json(const Answer& answer, const HbaFile& hba) {
  const auto& decision = answer.decision;
  ordered_json result{{"decision", to_string(decision.kind)},
                      {"method", nullptr},
                      {"file", nullptr},
                      {"line", nullptr},
                      {"options", ordered_json::array()},
                      {"why", decision.why}};
  if (!decision.records.empty() && decision.kind != DecisionKind::unknown) {
    const auto& record = hba.records[decision.records.back()];
    result["method"] = record.method;
    result["options"] = options_of(record);
    if (decision.records.size() == 1) {
      result["file"] = record.at.file;
      result["line"] = record.at.line;
    }
  }
  return json_text(result) + '\n';
}

std::string text(const Answer& answer, const HbaFile& hba) {
  const auto& decision = answer.decision;
  const auto kind = to_string(decision.kind);
  if (decision.kind == DecisionKind::unknown || decision.records.size() != 1) {
    return fmt::format("{}: {}\n", kind, decision.why);
  }
  const auto& at = hba.records[decision.records.front()].at;
  return fmt::format("{} by {}:{}, {}\n", kind, displayed(at.file), at.line, decision.why);
}

int exit_code_of(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::admit:
      return 0;
    case DecisionKind::reject:
    case DecisionKind::no_match:
      return 1;
    case DecisionKind::unknown:
      break;
  }
  return 3;
}

int decide_one(const DecideOptions& options) {
  check_usage(options);
  auto attempt = attempt_of(options);
  const auto cluster = read_sources(options.sources);
  need_records(cluster);
  print_notes(cluster);
  attempt.ssl = ssl_setting(cluster);
  const Graph graph(cluster);
  Answer answer{decide(cluster, graph, attempt), "", ""};
  add_login(cluster, graph, options, answer);
  answer.decision.why += after(options, answer);
  if (from_the_view(cluster.hba)) {
    answer.decision.why +=
        "; the text of the file was not read, so which names are quoted is not known";
  }
  write_output(options.output, options.output.format == "json" ? json(answer, cluster.hba)
                                                               : text(answer, cluster.hba));
  return exit_code_of(answer.decision.kind);
}

}  // namespace

void add_hba_decide(CLI::App& hba, Run& run) {
  const auto options = std::make_shared<DecideOptions>();
  auto& command = add_command(hba, run, "decide", "which record decides for a connection, and how",
                              [options] { return decide_one(*options); });
  add_needed_value(command, "--user", options->user, "the role that logs in", "U");
  add_value(command, "--database", options->database, "the database (default: the user's name)",
            "D");
  add_value(command, "--address", options->address, "the client's address", "A");
  add_flag(command, "--local", options->local, "by the Unix-domain socket");
  add_flag(command, "--ssl", options->ssl, "encrypted by TLS");
  add_flag(command, "--gss", options->gss, "encrypted by GSSAPI");
  add_flag(command, "--replication", options->replication,
           "physical replication; with --database a logical one, as replication=database asks");
  add_value(command, "--hostname", options->host_name,
            "the name that the address resolves to and back; '' where it has none", "NAME");
  add_source_options(command, options->sources, false);
  add_output_options(command, options->output, {"text", "json"});
}

}  // namespace pgleast
