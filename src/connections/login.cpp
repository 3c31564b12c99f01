#include "connections/login.hpp"

#include <fmt/format.h>

#include <utility>

#include "text/display.hpp"

namespace pgleast {
namespace {

// -2: dropping it was cut short, and the server keeps everybody out.
std::string why_no_database(const Graph& graph, RoleId role, ObjectId id) {
  const auto& cluster = graph.cluster();
  const auto& object = cluster.object(id);
  const auto& database = cluster.databases[object.detail];
  const auto name = displayed(object.name);
  if (!database.allows_connections) return fmt::format("database {} takes no connections", name);
  if (database.connection_limit == -2) return fmt::format("database {} is half dropped", name);
  if (cluster.role(role).superuser) return "";
  if (database.connection_limit == 0) {
    return fmt::format("the connection limit of database {} is 0", name);
  }
  if (graph.held(role, object).privileges.has(Privilege::connect)) return "";
  return fmt::format("it has no CONNECT on database {}", name);
}

}  // namespace

std::string why_no_session(const Graph& graph, RoleId id, const Session& session) {
  const auto& role = graph.cluster().role(id);
  if (role.dropped) return "it is dropped";
  if (!role.login) return "it has no LOGIN";
  if (role.connection_limit == 0 && !role.superuser) return "its connection limit is 0";
  if (session.kind != Session::Kind::ordinary && !role.superuser && !role.replication) {
    return "it has no REPLICATION";
  }
  if (session.kind == Session::Kind::physical_replication || !session.database) return "";
  return why_no_database(graph, id, *session.database);
}

Challenge login(const Graph& graph, const HbaRecord& record, RoleId role, const Session& session,
                const std::string& today) {
  auto asked = challenge_of(graph, record, &graph.cluster().role(role), today);
  if (!asked.can_be_met) return asked;
  if (auto why = why_no_session(graph, role, session); !why.empty()) {
    asked.can_be_met = false;
    asked.why = std::move(why);
  }
  return asked;
}

}  // namespace pgleast
