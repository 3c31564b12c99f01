#pragma once
// Damage done to what is read, of kinds that whoever reads it can notice: a placeholder in place of
// a name, a statement behind something that is not followed, a file that is missing, a fact, a
// database or a body that was not read, a key that a snapshot lacks. Nobody who notices may say
// that all is well.

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/input_texts.hpp"

namespace pgleast::test {

using Random = std::mt19937_64;
/// Below `end`, which is not 0.
std::size_t pick(Random& random, std::size_t end);

/// A kind of damage. Each returns false where there is nothing of what it damages.
struct TextDamage {
  const char* name;
  bool (*apply)(InputTexts&, Random&);
};
extern const std::vector<TextDamage> text_damages;

struct ClusterDamage {
  const char* name;
  bool (*apply)(Cluster&, Random&);
};
extern const std::vector<ClusterDamage> cluster_damages;

struct SnapshotDamage {
  const char* name;
  /// What became of it.
  std::optional<std::string> (*apply)(std::string& snapshot, Random&);
};
extern const std::vector<SnapshotDamage> snapshot_damages;

}  // namespace pgleast::test
