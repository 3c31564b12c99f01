#pragma once
// The ways from a network to a target: through a door, as a login role, along a route.
//
//   203.0.113.0/24  --pg_hba.conf:27 trust-->  app_user  --SUPERUSER-->  public.orders
//
// Ways that differ in nothing but the login role are one.

#include <optional>
#include <string>
#include <vector>

#include "connections/witness.hpp"
#include "reach/door.hpp"
#include "reach/route.hpp"

namespace pgleast {

/// What is asked; what is not said is everything.
struct Question {
  ClientOrigin from = every_origin();
  std::optional<bool> tls;
  std::optional<std::string> user, database;
  // Nothing tells them apart from others: what is for anybody, or any database, is for them.
  bool user_like_others = false, database_like_others = false;
  std::optional<ObjectId> database_id;  // none: no source tells of it
};

struct Way {
  std::size_t record = 0;  // into Cluster::hba.records
  ClientOrigin from;
  std::vector<Transport> transports;
  Challenge demand;
  std::vector<std::string> roles;      // that log in, sorted
  std::vector<std::string> databases;  // where; none: physical replication
  Route route;
  std::optional<PoolerHop> pooler;
  std::string unknown;  // why it may not be one; empty: it is
  Witness witness;

  bool is_certain() const { return unknown.empty() && !route.needs_victim; }
};

/// A record that would be a way, but that nobody can meet.
struct ShutDoor {
  std::size_t record = 0;
  std::vector<std::string> roles;
  std::string why;
};

struct WaysIn {
  std::vector<Way> ways;       // the easiest first
  std::vector<ShutDoor> shut;  // by record
};

/// Needs the records, roles and objects; what else was not seen makes a way unknown.
WaysIn ways_in(const Graph& graph, const Doors& doors, const Routes& routes,
               const Question& question);

/// The question, with what the doors say of its names.
Question asked_of(const Doors& doors, Question question);

/// A door cut to the question: nothing where none of it is left.
std::optional<Door> cut_to(const Door& door, const Question& question);

}  // namespace pgleast
