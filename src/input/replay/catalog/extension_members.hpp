#pragma once
// What extensions bring, as far as it is known by kind and name (extension_members.tsv):
//
//   CREATE EXTENSION citext;     the type citext, and functions that change nothing
//
// Any name may be one of an extension's that is not in the table.

#include <string_view>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// All that it brings is in the table.
bool is_known_extension(std::string_view name);
std::vector<std::string_view> types_of_extension(std::string_view name);
/// Whether it may bring anything of that name, or of that kind.
bool may_bring(std::string_view extension, std::string_view name);
bool may_bring(std::string_view extension, EntityKind kind);

/// Of the session's database; not the server's own.
std::vector<EntityId> extensions_here(const SqlCatalog& catalog);
/// Whether one of them may have brought what has that name.
bool may_be_of_extension(const SqlCatalog& catalog, EntityKind kind, const QualifiedName& name);
/// Whether one that is known has brought that function, and it changes nothing.
bool is_harmless_of_extension(const SqlCatalog& catalog, const QualifiedName& function);

}  // namespace pgleast
