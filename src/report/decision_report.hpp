#pragma once
// What `pgleast hba decide` prints: `admit by pg_hba.conf:12, ...`.

#include <string>

#include "connections/decide.hpp"

namespace pgleast {

/// `format` is `text` or `json`; `hba` has the records that were asked.
std::string decision_report(const Decision& decision, const HbaFile& hba,
                            const std::string& format);

}  // namespace pgleast
