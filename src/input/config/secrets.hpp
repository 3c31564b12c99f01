#pragma once
// Passwords in the text of a configuration file, left out before the text is kept or shown:
//
//   host all all all ldap ldapbinddn=cn=x ldapbindpasswd=********
//   primary_conninfo = 'host=a user=r password=********'

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/config_file.hpp"

namespace pgleast {

/// Half-open ranges of the text that are secret, in order, not overlapping.
std::vector<std::pair<std::size_t, std::size_t>> secret_places(ConfigKind kind,
                                                               std::string_view text,
                                                               int version_num);

/// The text with a star for each byte of a secret: places stay what they are, so that an
/// excerpt of it can be shown.
std::string starred(ConfigKind kind, std::string_view text, int version_num);

/// The file without the values of secrets, comments included; `masked` says whether there was
/// any. All else is as it was, byte for byte.
ConfigFile mask_secrets(const ConfigFile& file, int version_num);

}  // namespace pgleast
