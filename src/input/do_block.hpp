#pragma once
// A DO block of the shape in which scripts create roles that may be there, done to a Cluster.
//
//   DO $$ BEGIN
//     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
//       CREATE ROLE app LOGIN;
//     END IF;
//   END $$;
//
// Besides IF, ELSE, NULL and RAISE NOTICE only statements about roles stand in it, what `pgleast
// bootstrap` writes, or grants on objects alone. Every other block is not followed.

#include <optional>
#include <string_view>

#include "input/psql_script.hpp"
#include "input/role_editor.hpp"
#include "model/cluster.hpp"

namespace pgleast {

struct BlockDone {
  bool on_objects = false;  // it grants something on objects, too
};

/// None for a block of another shape: nothing is done. Throws Refused; part of it may be done.
std::optional<BlockDone> run_do_block(std::string_view script, const PsqlItem& statement,
                                      const Cluster& cluster, RoleEditor& roles);

}  // namespace pgleast
