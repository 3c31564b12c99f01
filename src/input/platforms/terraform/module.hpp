#pragma once
// The resources of Terraform: of all files of a folder, or of what `terraform show -json` prints.
// References are followed to what is written in the same folder.
//
//   role = postgresql_role.app.name      the name that resource "postgresql_role" "app" has
//   cidr = var.office                    of terraform.tfvars, or the default of the variable

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "input/platforms/declared/declared_server.hpp"
#include "input/platforms/declared/repository.hpp"

namespace pgleast {

struct TerraformResource {
  std::string type, name;  // `aws_db_instance`, `main`
  const YamlNode* body = nullptr;
  const YamlNode* at = nullptr;
  // Of one of several that `for_each` makes.
  std::string each_key;
  const YamlNode* each_value = nullptr;
};

/// What an attribute says.
struct TerraformValue {
  const YamlNode* node = nullptr;   // null: it is not there
  std::optional<std::string> text;  // none: not there or not known
  bool is_unknown() const { return node != nullptr && !text; }
};

class TerraformModule {
 public:
  /// All files of the folder.
  TerraformModule(const std::string& folder, const FileReader& files);
  /// A plan or a state.
  explicit TerraformModule(const YamlNode& plan);

  const std::vector<TerraformResource>& resources() const { return resources_; }
  std::vector<const TerraformResource*> of_type(std::string_view type) const;
  const std::vector<std::string>& files() const { return files_; }

  TerraformValue value(const TerraformResource& of, const YamlNode& body,
                       std::string_view attribute) const;
  TerraformValue value(const TerraformResource& of, std::string_view attribute) const {
    return value(of, *of.body, attribute);
  }
  /// yes or no, or what holds where it is not said; none: not known.
  std::optional<bool> truth(const TerraformResource& of, const YamlNode& body,
                            std::string_view attribute, bool otherwise) const;
  /// The items of a list; none: it is not known. Empty: it is not there.
  std::optional<std::vector<const YamlNode*>> list(const TerraformResource& of,
                                                   const YamlNode& body,
                                                   std::string_view attribute) const;
  std::optional<std::vector<std::string>> texts(const TerraformResource& of,
                                                std::string_view attribute) const;
  std::optional<std::string> text(const TerraformResource& of, const YamlNode& node) const;
  /// The resource that `type.name.attribute` refers to; null: none of this module.
  const TerraformResource* referred(const YamlNode& node) const;
  /// The blocks of that name in a body.
  static std::vector<const YamlNode*> blocks(const YamlNode& body, std::string_view name);

 private:
  void take(const YamlNode& file);
  void take_module(const YamlEntry& entry);
  void add(TerraformResource resource);
  const TerraformResource* find(const std::string& type, const std::string& name) const;
  void take_resource(const std::string& type, const YamlEntry& entry);
  void take_planned(const YamlNode& module, const YamlNode* configuration);
  const YamlNode* resolved(const TerraformResource& of, const YamlNode& node, int depth) const;
  const YamlNode* named(const TerraformResource& of, std::string_view reference, int depth) const;
  std::optional<std::string> filled_in(const TerraformResource& of, const YamlNode& node,
                                       int depth) const;

  std::deque<YamlNode> read_;
  std::vector<std::pair<std::string, const YamlEntry*>> written_;
  std::vector<TerraformResource> resources_;
  std::map<std::string, std::size_t> by_name_;  // type.name
  std::map<std::string, const YamlNode*, std::less<>> locals_, variables_;
  std::vector<std::string> files_;
};

}  // namespace pgleast
