#pragma once
// `access --explain`: every path that gives a privilege, and the fewest statements that end it.
//
//   app_user holds SELECT on table public.orders
//     app_user > readers
//       app_user is a member of readers (inherits; granted by admin, roles.sql:3)
//       GRANT SELECT ON TABLE "public"."orders" TO "readers" by owner, grants.sql:12
//     cut by any one of
//       REVOKE SELECT ON TABLE "public"."orders" FROM "readers";
//       REVOKE "readers" FROM "app_user" GRANTED BY "admin";

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "fix/cut.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

struct AskedCell {
  RoleId role{};
  ObjectId object{};
  std::optional<std::size_t> column;  // its place in the table
  Privilege privilege{};
  std::string kind;          // `column` for one
  std::string identity;      // the same
  bool may_be_held = false;  // where it is not known to be
};

class Explainer {
 public:
  /// Keeps a reference: the graph must outlive it.
  explicit Explainer(const Graph& graph) : graph_(graph), cuts_(graph.cluster()) {}

  std::string text(const AskedCell& cell);
  /// One object, indented for an array around it.
  std::string json(const AskedCell& cell);

 private:
  struct Path {
    std::string via;
    std::vector<std::string> steps;
  };
  std::vector<Path> paths(const AskedCell& cell) const;
  std::string membership(RoleId member, RoleId group) const;
  std::string in_place(const std::optional<SaidAt>& at) const;
  std::string end_of(const AskedCell& cell, const Cause& cause) const;
  bool holds(RoleId role, const AskedCell& cell) const;
  std::optional<RoleId> after_set_role(const AskedCell& cell) const;
  const Column* column_of(const AskedCell& cell) const;

  const Graph& graph_;
  Cuts cuts_;
};

}  // namespace pgleast
