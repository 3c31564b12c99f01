#pragma once
// What runs as somebody once code is set off, all the way: a function, what it calls, the triggers,
// defaults, checks, policies and rules of the tables that it writes, the views that it reads, the
// checks of the domains that it makes values of, and their functions again. A SECURITY DEFINER
// function goes on as its owner.
//
//   vip(), SECURITY DEFINER of boss's, calls s.g(), which calls tax(), which app owns
//     -> a hold of app's on tax(), used by s.g(), as boss, from vip()
//
// Each piece of code is read once for each role that it runs as and each search_path that is in
// force there, whatever sets it off.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "escalation/edge.hpp"

namespace pgleast {

/// By which somebody's code gets into what runs as another, or may.
struct Hold {
  enum class Kind : std::uint8_t {
    function,  // its owner replaces it, or gives it a search_path
    trigger,   // on a table or view that is written
    replaced,  // a table or type that is used by its name: dropped, and something else made
    policy,    // on a table that is read by one whom policies bind
    view,      // its owner gives it another query
    index,   // on a table that is read: the planner works out what its expression has of constants
    domain,  // its owner adds a check
    type,    // its owner makes a cast
    schema,  // its owner drops what is used by name, and makes it anew
    operator_,  // its owner does so, or makes another one that it is the negator of
    name,       // a name that is looked up where others create
    match,      // a function that fits its arguments better, beside the one that is called
    unknown,    // what cannot be followed
  } kind = Kind::function;
  RoleId holder = public_role;  // by whose right; PUBLIC: whoever has what is needed
  ObjectId object = no_object;  // the held; a name's: the code that looks it up
  ObjectId by{};                // whose code uses it
  RoleId as = no_role;          // as whom; none: as whoever set it off
  ObjectId source{};            // what was set off
  std::vector<Need> all, any;   // as an Offer's
  bool certain = true;
  std::string why;          // of what is unknown
  std::string of_operator;  // of that schema, `object`: what is held
};

/// One that is somebody's, not what is looked up or unknown.
inline bool is_held(Hold::Kind kind) {
  return kind != Hold::Kind::name && kind != Hold::Kind::match && kind != Hold::Kind::unknown;
}

class CodeFlow {
 public:
  explicit CodeFlow(const Context& context);
  ~CodeFlow();

  struct Start {
    ObjectId of{};    // a function, or a relation that is used by
    PrivilegeSet on;  // these; MAINTAIN: refreshed, analyzed
    RoleId as = no_role;
    bool by_keys = false;  // only what foreign keys look up and do for whoever uses it
  };
  /// What is somebody's, and what is looked up or unknown. Of the others some are told, too.
  enum Wanted : std::uint8_t { held = 1, looked_up = 2, all = 3 };
  /// Each once for every role that it runs as, in the order in which they are come to, what is
  /// certain first.
  std::vector<Hold> holds(const std::vector<Start>& starts, Wanted wanted = all) const;

  /// The same of a call, the function's own owner among them.
  std::vector<Hold> holds_of_call(const CodeUse& call) const;

  /// Where parameters of a function go as they are given, by way of what it calls, too.
  std::set<std::pair<Given::To, std::uint32_t>> given(ObjectId function) const;
  /// Whether it works on values of types that its caller may have made (code.hpp).
  bool works_on_callers_types(ObjectId function) const;
  /// Relations whose use runs code of somebody's, with what sets it off.
  const std::map<ObjectId, PrivilegeSet>& relations() const { return relations_; }
  /// Those that foreign keys make others be looked at or written for.
  const std::map<ObjectId, PrivilegeSet>& keyed() const { return keyed_; }
  /// Tables and what fires it there.
  std::vector<std::pair<ObjectId, PrivilegeSet>> fired_by(ObjectId trigger_function) const;

 private:
  class Steps;
  class Walk;
  void add_given();
  void add_keyed_by_way();

  const Context& context_;
  std::unordered_map<std::uint32_t, const Body*> bodies_;
  std::unordered_multimap<std::uint32_t, const Attachment*> attachments_, triggers_;
  std::unordered_multimap<std::uint32_t, const RowPolicy*> policies_;
  std::unordered_multimap<std::uint32_t, ObjectId> children_;
  std::unordered_multimap<std::uint32_t, const ForeignKey*> keys_of_, keys_to_;  // child, parent
  std::vector<CodeUse> anywhere_;  // what the server's own types bring
  std::map<ObjectId, PrivilegeSet> relations_, keyed_;
  std::map<ObjectId, std::set<std::pair<Given::To, std::uint32_t>>> given_;
  std::unique_ptr<Steps> steps_;
};

}  // namespace pgleast
