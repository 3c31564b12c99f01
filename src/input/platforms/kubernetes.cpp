#include "input/platforms/kubernetes.hpp"

namespace pgleast {

bool is_object(const YamlNode& document, std::string_view group, std::string_view kind) {
  const auto version = find_text(document, {"apiVersion"}).value_or("");
  const auto slash = version.find('/');
  const auto its_group = slash == std::string::npos ? "" : version.substr(0, slash);
  return its_group == group && find_text(document, {"kind"}) == kind;
}

std::string object_name(const YamlNode& document) {
  return find_text(document, {"metadata", "name"}).value_or("");
}

std::vector<const YamlNode*> objects_of_kind(const Repository& repository, std::string_view group,
                                             std::string_view kind) {
  std::vector<const YamlNode*> result;
  for (const auto& manifest : repository.manifests) {
    for (const auto& document : manifest.documents) {
      if (is_object(document, group, kind)) result.push_back(&document);
    }
  }
  return result;
}

}  // namespace pgleast
