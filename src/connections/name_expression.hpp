#pragma once
// The regular expressions of pg_hba.conf (version 16 and later): Tcl's advanced ones, on
// bytes, not anchored. What re2 understands in the same way is translated.

#include <memory>
#include <string>

namespace re2 {
class RE2;
}

namespace pgleast {

/// `text` without its leading slash. Null when it cannot be translated faithfully (back
/// references, look-around, embedded options, collating elements): then nothing is known.
std::shared_ptr<const re2::RE2> name_expression(const std::string& text);

}  // namespace pgleast
