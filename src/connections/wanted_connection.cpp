#include "connections/wanted_connection.hpp"

#include <fmt/format.h>

#include <utility>

#include "connections/login.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::optional<bool> ssl_setting(const Cluster& cluster) {
  const auto* const ssl = cluster.find_setting("ssl");
  if (!cluster.seen(Fact::settings) || ssl == nullptr) return std::nullopt;
  return ssl->value == "on";
}

Attempt attempt_of(const Cluster& cluster, const WantedConnection& wanted) {
  Attempt attempt;
  attempt.user = wanted.user;
  attempt.database = wanted.database;
  // With a database it is `replication=database`, which is matched like any other connection.
  attempt.physical_replication = wanted.replication && wanted.database.empty();
  attempt.address = wanted.address;
  attempt.encryption = wanted.encryption;
  attempt.host_name = wanted.host_name;
  attempt.ssl = ssl_setting(cluster);
  return attempt;
}

/// What is decided, and whether the role gets in by it.
struct Answer {
  Decision decision;
  std::string refused;    // why nobody gets in as the role, by whichever of the records; or empty
  std::string uncertain;  // why that is not known
};

const std::string& database_of(const WantedConnection& wanted) {
  return wanted.database.empty() ? wanted.user : wanted.database;
}

Session session_of(const Cluster& cluster, const WantedConnection& wanted) {
  Session session;
  if (wanted.replication) {
    session.kind = wanted.database.empty() ? Session::Kind::physical_replication
                                           : Session::Kind::logical_replication;
  }
  const auto database = shared_object_named(cluster, ObjectKind::database, database_of(wanted));
  if (database != no_object) session.database = database;
  return session;
}

/// The record's method asks, then the server looks at the role and the database.
void add_login(const Graph& graph, const WantedConnection& wanted, const std::string& today,
               Answer& answer) {
  const auto& cluster = graph.cluster();
  if (answer.decision.kind != DecisionKind::admit || !cluster.seen(Fact::roles)) return;
  const auto user = wanted.user.substr(0, most_name_bytes);
  const auto role = cluster.find_role(user);
  if (!role) {
    answer.refused = fmt::format("there is no role {}", displayed(user));
    return;
  }
  const auto session = session_of(cluster, wanted);
  // Scripts may leave databases out.
  const bool all_known = cluster.seen(Fact::objects) && !cluster.server.empty();
  if (session.kind != Session::Kind::physical_replication && !session.database && all_known) {
    answer.refused = fmt::format("there is no database {}", displayed(database_of(wanted)));
    return;
  }
  const auto& record = cluster.hba.records[answer.decision.records.back()];
  const auto asked = login(graph, record, *role, session, today);
  (asked.can_be_met ? answer.uncertain : answer.refused) = asked.why;
  const auto& attributes = cluster.role(*role);
  const bool replicates = attributes.replication || attributes.superuser;
  if (wanted.replication && !replicates) answer.decision.kind = DecisionKind::reject;
}

std::string after(const WantedConnection& wanted, const Answer& answer) {
  if (!answer.refused.empty()) {
    return fmt::format("; but nobody gets in as {}: {}", displayed(wanted.user), answer.refused);
  }
  if (!answer.uncertain.empty()) return "; " + answer.uncertain;
  if (wanted.database == "replication" && !wanted.replication) {
    return "; this asks for a database of that name: for physical replication give --replication "
           "and no --database";
  }
  return "";
}

}  // namespace

Decision decide(const Cluster& cluster, const WantedConnection& wanted, const std::string& today) {
  const Graph graph(cluster);
  Answer answer{decide(cluster, graph, attempt_of(cluster, wanted)), "", ""};
  add_login(graph, wanted, today, answer);
  auto& why = answer.decision.why;
  why += after(wanted, answer);
  if (from_the_view(cluster.hba)) {
    why += "; the text of the file was not read, so which names are quoted is not known";
  }
  return std::move(answer.decision);
}

}  // namespace pgleast
