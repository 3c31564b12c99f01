#pragma once
// HCL, the language of Terraform, read tolerantly as a tree whose nodes know their places. No
// expression is evaluated: what is no literal keeps its text.
//
//   resource "postgresql_role" "app" {          resource: {postgresql_role: {app: {
//     name  = "app"                               name: app       (quoted: a literal or a template)
//     login = var.login                           login: var.login         (not quoted)
//     policy { usage = true }                     policy: [{usage: true}]
//   }                                           }}}

#include "text/yaml_documents.hpp"

namespace pgleast {

/// Never throws, of any text. A block without labels is an item of a list; `$${` stays as it is.
YamlNode read_hcl(Source text);

}  // namespace pgleast
