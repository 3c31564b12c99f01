// Any bytes as the body of a function, as a rule and as a condition: no crash. The first byte
// chooses the language.

#include <cstddef>
#include <cstdint>
#include <string>

#include "input/code/code_reader.hpp"
#include "input/code/cursor_code.hpp"
#include "model/fresh_cluster.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgleast;
  if (size == 0 || size > 4096) return 0;
  static const auto cluster = fresh_cluster(180000);
  static const CodeNames names(cluster, ObjectId{0});
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  FunctionText function;
  function.language = data[0] % 2 == 0 ? "plpgsql" : "sql";
  function.standard = data[0] % 4 == 3;
  function.body = text;
  function.names = {"a", ""};
  code_of_function(function, names, path_of_catalogs());
  code_of_rule(text, names);
  is_always_true(text);
  without_cursors(text);
  return 0;
}
