#pragma once
// The privileges PostgreSQL knows: letter, enumerator and SQL keyword, in one table.
// https://www.postgresql.org/docs/current/ddl-priv.html

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgleast {

enum class Privilege : std::uint8_t {
  insert,
  select,
  update,
  delete_,
  truncate,
  references,
  trigger,
  execute,
  usage,
  create,
  temporary,
  connect,
  set,
  alter_system,
  maintain,
};

struct PrivilegeInfo {
  Privilege privilege;
  char letter;               // in access lists
  std::string_view keyword;  // in GRANT and REVOKE
};

/// INVARIANT: row n describes enumerator n, so a privilege is its own index. The
/// order is that of the server's bits and of the letters in its output.
inline constexpr std::array<PrivilegeInfo, 15> privileges{{
    {Privilege::insert, 'a', "INSERT"},
    {Privilege::select, 'r', "SELECT"},
    {Privilege::update, 'w', "UPDATE"},
    {Privilege::delete_, 'd', "DELETE"},
    {Privilege::truncate, 'D', "TRUNCATE"},
    {Privilege::references, 'x', "REFERENCES"},
    {Privilege::trigger, 't', "TRIGGER"},
    {Privilege::execute, 'X', "EXECUTE"},
    {Privilege::usage, 'U', "USAGE"},
    {Privilege::create, 'C', "CREATE"},
    {Privilege::temporary, 'T', "TEMPORARY"},
    {Privilege::connect, 'c', "CONNECT"},
    {Privilege::set, 's', "SET"},
    {Privilege::alter_system, 'A', "ALTER SYSTEM"},
    {Privilege::maintain, 'm', "MAINTAIN"},
}};

static_assert([] {
  for (std::size_t i = 0; i < privileges.size(); ++i) {
    if (privileges[i].privilege != static_cast<Privilege>(i)) return false;
  }
  return true;
}());

constexpr const PrivilegeInfo& info(Privilege privilege) {
  return privileges[static_cast<std::size_t>(privilege)];
}

/// The privilege of that SQL keyword, any case, `TEMP` included.
std::optional<Privilege> privilege_named(std::string_view keyword);

/// A set of privileges; a value of 16 bits.
class PrivilegeSet {
 public:
  constexpr PrivilegeSet() = default;
  constexpr PrivilegeSet(Privilege privilege)  // NOLINT(google-explicit-constructor): one is a set
      : bits_(static_cast<std::uint16_t>(1U << static_cast<unsigned>(privilege))) {}

  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool has(Privilege p) const { return !(*this & PrivilegeSet(p)).empty(); }
  constexpr bool covers(PrivilegeSet other) const { return (other - *this).empty(); }
  constexpr std::uint16_t bits() const { return bits_; }

  constexpr PrivilegeSet operator|(PrivilegeSet o) const { return of(bits_ | o.bits_); }
  constexpr PrivilegeSet operator&(PrivilegeSet o) const { return of(bits_ & o.bits_); }
  constexpr PrivilegeSet operator-(PrivilegeSet o) const { return of(bits_ & ~o.bits_); }
  constexpr PrivilegeSet& operator|=(PrivilegeSet o) { return *this = *this | o; }
  constexpr PrivilegeSet& operator-=(PrivilegeSet o) { return *this = *this - o; }
  constexpr bool operator==(const PrivilegeSet&) const = default;

  /// Calls f(Privilege) for each, in the order of the table.
  template <typename F>
  void each(F&& f) const {
    for (const auto& p : privileges) {
      if (has(p.privilege)) f(p.privilege);
    }
  }

 private:
  static constexpr PrivilegeSet of(unsigned bits) {
    PrivilegeSet result;
    result.bits_ = static_cast<std::uint16_t>(bits);
    return result;
  }
  std::uint16_t bits_ = 0;
};

/// "SELECT, INSERT", in the order of the table.
std::string to_string(PrivilegeSet privileges);

}  // namespace pgleast
