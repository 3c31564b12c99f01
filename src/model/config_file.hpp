#pragma once
// The text of a configuration file, as it was read, so that an edit can keep its
// comments and its order.

#include <string>
#include <vector>

namespace pgleast {

enum class ConfigKind { hba, ident, conf };

struct ConfigFile {
  ConfigKind kind = ConfigKind::hba;
  std::string path;  // as given, or as the server names it
  std::string text;
  bool masked = false;  // a secret in it was left out: it can be reasoned about, not written back
  bool operator==(const ConfigFile&) const = default;
};

}  // namespace pgleast
