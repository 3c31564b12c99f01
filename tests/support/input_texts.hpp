#pragma once
// The files that an audit is given, as texts, and the cluster that the binary makes of them.

#include <cstdint>
#include <map>
#include <string>

#include "model/cluster.hpp"

namespace pgleast::test {

/// Empty: not given.
struct InputTexts {
  std::string sql, hba, ident, conf;
  std::map<std::string, std::string> others;  // that these include, by name
  int major = newest_major;
};

/// Read from a folder of their own. Throws Error.
Cluster cluster_of(const InputTexts& texts);

/// A random world as one script, with records for its roles and databases.
InputTexts random_texts(std::uint64_t number);

}  // namespace pgleast::test
