#pragma once
// What a server answers to a statement that it does not do:
//
//   ERROR:  role "app" does not exist

#include <stdexcept>
#include <string>
#include <utility>

namespace pgleast {

/// The server refuses the statement; nothing has changed.
class Refused : public std::runtime_error {
 public:
  /// `name`: what the message speaks of, to find its place in the statement.
  explicit Refused(const std::string& message, std::string name = "")
      : std::runtime_error(message), name_(std::move(name)) {}
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace pgleast
