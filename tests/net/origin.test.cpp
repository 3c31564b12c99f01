#include "net/origin.hpp"

#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

TEST_CASE("a place to come from is read and said again", "[path][origin]") {
  struct Case {
    const char* text;
    const char* said;  // empty: refused
  };
  const auto c = GENERATE(values<Case>({
      {"local", "the local socket"},
      {"loopback", "127.0.0.0/8 and ::1"},
      {"anywhere", "any address"},
      {"203.0.113.9", "203.0.113.9"},
      {"203.0.113.77/24", "203.0.113.0/24"},
      {"0.0.0.0/0", "any IPv4 address"},
      {"fd00::/8, 10.0.0.0/8", "10.0.0.0/8 and fd00::/8"},
      {"local,10.0.0.1", "the local socket and 10.0.0.1"},
      {"::1/128", "::1"},
      {"", ""},
      {"10.0.0.0/33", ""},
      {"10.0.0.0/", ""},
      {"10.0.0.0/8x", ""},
      {"::/129", ""},
      {"10.0.0", ""},
      {"Local", ""},
      {"local,", ""},
      {"all", ""},
  }));
  CAPTURE(c.text);
  if (*c.said == '\0') {
    CHECK_THROWS_AS(origin_named(c.text), Error);
  } else {
    CHECK(to_string(origin_named(c.text)) == c.said);
  }
}

TEST_CASE("which hosts are this machine alone", "[path][origin]") {
  for (const auto* const host : {"localhost", "LocalHost", "localhost.localdomain", "ip6-localhost",
                                 "127.0.0.1", "127.8.9.10", "127.1", "::1", "0:0::1"}) {
    CAPTURE(host);
    CHECK(names_loopback(host));
  }
  for (const auto* const host : {"", "*", "0.0.0.0", "::", "::2", "128.0.0.1", "127.example.org",
                                 "localhost.example.org", "::ffff:127.0.0.1", "127.0.0.0/8"}) {
    CAPTURE(host);
    CHECK_FALSE(names_loopback(host));
  }
}

TEST_CASE("zones share nothing and are everything", "[path][origin]") {
  ClientOrigin all;
  for (const auto zone : zones) {
    const auto origin = origin_of(zone);
    CHECK(intersection(all, origin).empty());
    all.local = all.local || origin.local;
    all.addresses.add(origin.addresses);
  }
  CHECK(all == every_origin());
  CHECK(to_string(origin_of(Zone::elsewhere)) == "any address");
}
