// Documents of YAML, and texts that are none.

#include "text/yaml_documents.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("what is no YAML is an error, whatever it begins with", "[text][yaml]") {
  struct Row {
    const char* text;
    std::size_t documents;
    bool is_error;
  };
  const Row rows[] = {
      {"", 0, false},         {"a: 1\n---\nb: 2\n", 2, false}, {"---\n---\n", 2, false},
      {",- a: 1\n", 1, true}, {"a: 1\n---\n, b\n", 3, true},   {"}", 0, true},
      {"]", 0, true},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto read = read_yaml_documents(Source("a.yml", row.text));
    CHECK(read.documents.size() == row.documents);
    CHECK(read.error.has_value() == row.is_error);
  }
}
