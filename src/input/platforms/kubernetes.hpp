#pragma once
// What the objects of Kubernetes have in common.

#include <string>
#include <string_view>
#include <vector>

#include "input/platforms/platform.hpp"

namespace pgleast {

/// Of that kind in any version of a group: `postgresql.cnpg.io`.
bool is_object(const YamlNode& document, std::string_view group, std::string_view kind);
std::string object_name(const YamlNode& document);
/// Objects of that kind in all files of the repository.
std::vector<const YamlNode*> objects_of_kind(const Repository& repository, std::string_view group,
                                             std::string_view kind);

}  // namespace pgleast
