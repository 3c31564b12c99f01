#include "pg/version.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("a version is named by its major alone or with a minor", "[pg][version]") {
  struct Case {
    const char* text;
    std::optional<int> version_num;
  };
  const auto c = GENERATE(values<Case>({
      {"12", 120022},
      {"15", 150018},
      {"15.4", 150004},
      {"15.0", 150000},
      {"19", newest_version_num},
      {"11", std::nullopt},
      {"20", std::nullopt},
      {"", std::nullopt},
      {"15.", std::nullopt},
      {".4", std::nullopt},
      {"15.4.1", std::nullopt},
      {"15.x", std::nullopt},
      {"-15", std::nullopt},
      {"15.10000", std::nullopt},
  }));
  CAPTURE(c.text);
  CHECK(version_named(c.text) == c.version_num);
}

TEST_CASE("the rules of a version that is not known are those of the newest", "[pg][version]") {
  CHECK(major_of(150004) == 15);
  CHECK(major_of(110022) == 11);
  CHECK(major_of(990000) == newest_major);
  CHECK(is_newer_than_known((newest_major + 1) * 10000));
  CHECK_FALSE(is_newer_than_known(newest_version_num + 5));
}

TEST_CASE("what ended is of no later version, all else is of those to come", "[pg][version]") {
  CHECK(Versions{}.has(99));
  CHECK(Versions{16}.has(16));
  CHECK_FALSE(Versions{16}.has(15));
  CHECK(Versions{12, 15}.has(15));
  CHECK_FALSE(Versions{12, 15}.has(16));
}
