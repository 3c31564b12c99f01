#include "text/utf8.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("what is UTF-8 and what is not", "[text]") {
  for (const auto* const text : {"", "plain ñ", "\x01", "\xc2\x9b", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(text);
    CHECK(is_utf8(text));
  }
  for (const auto* const text : {"\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    CAPTURE(text);
    CHECK_FALSE(is_utf8(text));
  }
}
