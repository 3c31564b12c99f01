#pragma once
// Names that speak of a secret: `app.jwt_secret`, `AWS_SECRET_ACCESS_KEY`, `--api-key`; but not
// `password_encryption`, `ssl_key_file`, `tcp_keepalives_idle`.

#include <string_view>

namespace pgleast {

/// What a setting of that name holds is a secret. The server's own have no dot and hold none but
/// ssl_passphrase_command.
bool is_secret_setting(std::string_view name);

/// The same for a variable or an option of a program, by its words.
bool names_secret(std::string_view name);

}  // namespace pgleast
