// Rules of the server, and writers, that are there once: what gives each of them away stands
// nowhere else.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a rule of the server and a writer stand in one place", "[layering]") {
  struct Rule {
    const char* mark;
    std::set<std::string> places;
  };
  const std::vector<Rule> rules{
      // Effective privileges: the role that only they need.
      {"\"pg_maintain\"", {"pg/predefined_role.hpp", "privileges/aclmask.cpp"}},
      {"first_unpinned_oid", {"privileges/aclmask.cpp"}},
      // A privilege on the object or on any of its columns.
      {"column).privileges",
       {"checks/row_detour.cpp", "escalation/views.cpp", "privileges/graph.cpp"}},
      {"column.acl != null_acl",
       {"input/replay/statements/relation_statements.cpp", "privileges/acl_edit.cpp",
        "privileges/graph.cpp"}},
      {", column)[", {}},
      // What hangs on what is revoked.
      {"recursive_revoke", {"privileges/acl_edit.cpp", "privileges/membership_revoke.hpp"}},
      {"aclnewowner", {"privileges/acl_edit.hpp"}},
      {"bootstrap_superuser_oid",
       {"model/role.hpp", "model/bootstrap_superuser.cpp", "model/fresh_cluster.cpp"}},
      // Options, lists and names as the server reads them.
      {"\"search_path=\"", {"fix/function_path.cpp"}},
      {"psql -v ", {"pg/psql_command.cpp", "pg/psql_command.hpp"}},
      {"\"security_invoker\"",
       {"input/replay/statements/relation_option.cpp", "privileges/row_access.cpp"}},
      {"\"security_invoker=", {}},
      {"serial\"", {"input/replay/statements/column_definition.cpp"}},
      {"== \"localhost\"", {"net/origin.cpp"}},
      {"starts_with(\"127.", {}},
      {"\"there is no object", {"model/named_object.cpp"}},
      {"fail_usage(fmt::format(\"there is no role", {"model/named_role.cpp"}},
      {".kind == ObjectKind::database && o.name ==", {}},
      // What is written for programs.
      {".dump(", {"text/json.cpp"}},
  };
  const auto root = fs::path(PGLEAST_SOURCE_DIR) / "src";
  std::vector<std::set<std::string>> found(rules.size());
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto kind = entry.path().extension();
    if (kind != ".cpp" && kind != ".hpp") continue;
    const auto text = text_of(entry.path());
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (text.find(rules[i].mark) == std::string::npos) continue;
      found[i].insert(fs::relative(entry.path(), root).generic_string());
    }
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    INFO(rules[i].mark);
    CHECK(found[i] == rules[i].places);
  }
}
