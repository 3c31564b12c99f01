#include "pg/option_list.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("an option is found by its whole name", "[pg]") {
  const std::vector<std::string> options{"security_barrier=on", "security=", "host=a=b", "bare"};
  CHECK(option_value(options, "security_barrier") == "on");
  CHECK(option_value(options, "security") == "");
  CHECK(option_value(options, "host") == "a=b");
  CHECK(option_value(options, "bare") == std::nullopt);
  CHECK(option_value(options, "barrier") == std::nullopt);
}

// CREATE VIEW ... WITH (security_invoker = ...) on 15 took all that is not refused here.
TEST_CASE("a boolean option is read in every spelling that the server takes", "[pg]") {
  for (const auto* const on : {"t", "T", "tr", "true", "TRUE", "y", "Ye", "yes", "on", "ON", "1"}) {
    CAPTURE(on);
    CHECK(option_is_on({std::string("security_invoker=") + on}, "security_invoker"));
  }
  for (const auto* const off : {"f", "no", "of", "off", "0", "o", "2", "1.0", " t", ""}) {
    CAPTURE(off);
    CHECK_FALSE(option_is_on({std::string("security_invoker=") + off}, "security_invoker"));
  }
  CHECK_FALSE(option_is_on({"security_barrier=t"}, "security_invoker"));
  CHECK_FALSE(option_is_on({}, "security_invoker"));
}
