#pragma once
// The attributes of a role as documents say them, as the words of CREATE ROLE.

#include <string>
#include <string_view>

#include "text/yaml_documents.hpp"

namespace pgleast {

/// `SUPERUSER` or `NOSUPERUSER` for a key that says true or false; empty: it is not there.
std::string attribute_word(const YamlNode& role, std::string_view key, std::string_view word);
/// CREATE ROLE "name" WORDS; each word begins with a blank.
std::string create_role(const std::string& name, const std::string& words);
std::string alter_role(const std::string& name, const std::string& words);

}  // namespace pgleast
