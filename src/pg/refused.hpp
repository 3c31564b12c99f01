#pragma once
// What a server answers to a statement that it does not do:
//
//   ERROR:  42704: role "app" does not exist

#include <stdexcept>
#include <string>
#include <utility>

#include "pg/condition.hpp"

namespace pgleast {

/// The server refuses the statement; nothing has changed.
class Refused : public std::runtime_error {
 public:
  /// `name`: what the message speaks of, to find its place in the statement.
  Refused(Condition condition, const std::string& message, std::string name = "")
      : std::runtime_error(message), condition_(condition), name_(std::move(name)) {}
  Condition condition() const { return condition_; }
  const std::string& name() const { return name_; }
  /// No role has that name. Where a role is a setting's value, the condition is another.
  static Refused missing_role(const std::string& name,
                              Condition condition = Condition::undefined_object) {
    Refused refused(condition, "role `" + name + "` does not exist", name);
    refused.is_missing_role_ = true;
    return refused;
  }
  bool is_missing_role() const { return is_missing_role_; }

 private:
  Condition condition_;
  std::string name_;
  bool is_missing_role_ = false;
};

}  // namespace pgleast
