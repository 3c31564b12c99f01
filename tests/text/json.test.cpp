#include "text/json.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace pgleast;
using nlohmann::json;
using nlohmann::ordered_json;

TEST_CASE("JSON is ASCII, and a program reads back what was meant", "[text][json]") {
  struct Case {
    const char* text;
    const char* written;
  };
  const auto c = GENERATE(values<Case>({
      {"plain", "\"plain\""},
      {"o\"neil\\", "\"o\\\"neil\\\\\""},
      {"a\nb\x1b", "\"a\\nb\\u001b\""},
      {"\x7f", "\"\\u007f\""},
      {"a\xc2\x9b"
       "31m",
       "\"a\\u009b31m\""},              // C1: CSI
      {"\xe2\x80\xae", "\"\\u202e\""},  // turns the line round
      {"ñ", "\"\\u00f1\""},
      {"\xf0\x9f\x94\x91", "\"\\ud83d\\udd11\""},
  }));
  CHECK(json_text(json(c.text)) == c.written);
  CHECK(json_text(ordered_json(c.text)) == c.written);
  CHECK(json::parse(c.written).get<std::string>() == c.text);
}

TEST_CASE("bytes that are no UTF-8 do not end a report", "[text][json]") {
  CHECK(json_text(json("a\xff")) == "\"a\\ufffd\"");
}

TEST_CASE("JSON within JSON is set in", "[text][json]") {
  const ordered_json value{{"b", {1, 2}}, {"a", "x"}};
  CHECK(json_text(value, -1) == R"({"b":[1,2],"a":"x"})");
  CHECK(json_text(value) == "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": \"x\"\n}");
  CHECK(json_text(value, 1, "\n  ") ==
        "{\n   \"b\": [\n    1,\n    2\n   ],\n   \"a\": \"x\"\n  }");
}
