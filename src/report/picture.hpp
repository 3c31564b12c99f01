#pragma once
// What `pgleast graph` draws: the roles and objects around one of them, who is a member of whom,
// who owns what, and what is granted. Where there are many, those that no arrow tells apart are
// one box with their number: objects of one schema, then of all; roles of the same groups.

#include <string>

#include "privileges/graph.hpp"
#include "report/drawing.hpp"

namespace pgleast {

/// From the role to its groups and all that they own or are granted; its members; its way up.
Drawing picture_of(const Graph& graph, RoleId role);
/// From the object to those that own it or are granted something, and to all their members.
Drawing picture_of(const Graph& graph, ObjectId object);
/// All roles, and what users made.
Drawing picture_of(const Graph& graph);

}  // namespace pgleast
