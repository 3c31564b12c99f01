#include "pg/information_schema.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("what lies in information_schema is told by its whole name", "[pg]") {
  for (const auto* const name : {"tables", "administrable_role_authorizations", "yes_or_no"}) {
    CHECK(is_of_information_schema(name));
  }
  for (const auto* const name : {"", "table", "tables columns", "no", " tables"}) {
    CHECK_FALSE(is_of_information_schema(name));
  }
}
