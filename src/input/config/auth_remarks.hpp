#pragma once
// Comments of pg_hba.conf that take more with them than they seem to:
//
//   # the office \                        the next line belongs to this comment
//   host all all 10.0.0.0/8 reject
//   host ... ldap ldapbindpasswd=a#b      the password is `a`

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

struct AuthRemark {
  enum class Kind { swallowed_line, comment_in_word } kind = Kind::swallowed_line;
  std::uint32_t line = 0;  // physical, of the `#`
  std::string message;
};

/// Of the text of one file, in its order.
std::vector<AuthRemark> auth_remarks(std::string_view text, int version_num);

}  // namespace pgleast
