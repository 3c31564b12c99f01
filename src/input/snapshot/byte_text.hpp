#pragma once
// JSON is Unicode and a name in an SQL_ASCII database need not be: such a text is written byte for
// character behind a mark that no name begins with by accident.

#include <string>

namespace pgleast {

/// As it is put into a snapshot: most texts as they are.
std::string text_in_snapshot(const std::string& text);
/// The inverse.
std::string text_from_snapshot(const std::string& text);

}  // namespace pgleast
