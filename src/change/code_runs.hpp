#pragma once
// What code needs of those as whom it runs: what the server asks each time, once the code is used.
//
//   view shop.totals, owned by boss       boss needs SELECT on shop.orders
//   policy own on shop.orders             whoever reads orders needs EXECUTE on shop.tenant()
//   function shop.rate(), not DEFINER     whoever may call it needs SELECT on shop.rates
//
// aclchk.c; execExpr.c, ExecInitFunc; rewriteHandler.c (relations of rules and views are checked as
// the owner, functions in them as whoever uses them).

#include <functional>
#include <string>

#include "change/loss.hpp"

namespace pgleast {

struct CodeRun {
  ObjectId of = no_object;  // a function, a view, or the relation that it is attached to
  std::string name;         // "policy own", "trigger t"; empty: the object itself
  const CodeUse& use;
  const RoleSet& roles;  // as whom it may run
};

/// Of what users made. What is not known of a body is not told.
void each_code_run(const ClusterState& state, const std::function<void(const CodeRun&)>& take);

}  // namespace pgleast
