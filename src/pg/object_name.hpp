#pragma once
// An object as a user names it: by its identity, with its kind before it where that must be said.
//
//   public.orders         table:public.orders         column:public.customers.email
//   table:public.*        in a policy, whose names may be patterns

#include <optional>
#include <string_view>

#include "pg/object_kind.hpp"

namespace pgleast {

struct ObjectName {
  std::optional<ObjectKind> kind;  // none: any
  std::string_view identity;       // of the text that was read

  bool names(ObjectKind of, std::string_view other) const {
    return identity == other && (!kind || *kind == of);
  }
};

/// A text before a colon that is no kind belongs to the identity.
constexpr ObjectName object_name(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {std::nullopt, text};
  const auto kind = object_kind_named(text.substr(0, colon));
  return kind ? ObjectName{kind, text.substr(colon + 1)} : ObjectName{std::nullopt, text};
}

}  // namespace pgleast
