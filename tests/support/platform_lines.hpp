#pragma once
// The effective lines of a server that a document declares, with the lines where they stand.

#include <string>
#include <string_view>
#include <vector>

#include "input/platforms/platform.hpp"

namespace pgleast::test {

struct EffectiveLine {
  std::size_t line = 0;
  std::string text;  // "? what": what is not known
  std::string added_by;
  bool operator==(const EffectiveLine&) const = default;
};
using Lines = std::vector<EffectiveLine>;
std::ostream& operator<<(std::ostream& out, const EffectiveLine& line);

/// A repository of texts by path.
struct TestText {
  std::string path, text;
};
std::vector<DeclaredServer> servers_in(const std::vector<TestText>& texts);

/// The first server's; comments are left out. What is not known stands by its line.
Lines hba_of(const std::string& path, const std::string& text);
Lines conf_of(const std::string& path, const std::string& text);
Lines statements_of(const std::string& path, const std::string& text);
Lines effective(const std::vector<DeclaredLine>& lines, const std::vector<std::string>& unknown);

}  // namespace pgleast::test
