#pragma once
// A client that has an md5 password's hash and not the password: libpq would hash it again.

#include <functional>
#include <string>

namespace pgleast::test {

/// Whether the server at the socket lets `user` in, by the method md5, for what is stored in
/// pg_authid ("md5" and 32 digits). `md5` gives the hexadecimal digest of bytes.
bool logs_in_with_hash(const std::string& socket, const std::string& user,
                       const std::string& database, const std::string& hash,
                       const std::function<std::string(const std::string&)>& md5);

}  // namespace pgleast::test
