#include "pg/object_name.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("an object is named by its identity, with its kind where that is said", "[pg]") {
  struct Case {
    const char* text;
    std::optional<ObjectKind> kind;
    const char* identity;
  };
  const auto c = GENERATE(values<Case>({
      {"public.orders", std::nullopt, "public.orders"},
      {"table:public.orders", ObjectKind::table, "public.orders"},
      {"tables:public.*", ObjectKind::table, "public.*"},
      {"foreign-server:back", ObjectKind::foreign_server, "back"},
      {"column:public.\"a:b\".id", ObjectKind::column, "public.\"a:b\".id"},
      {"public.\"a:b\"", std::nullopt, "public.\"a:b\""},
      {"tabel:public.orders", std::nullopt, "tabel:public.orders"},
      {"table:", ObjectKind::table, ""},
      {"", std::nullopt, ""},
  }));
  CAPTURE(c.text);
  const auto name = object_name(c.text);
  CHECK(name.kind == c.kind);
  CHECK(name.identity == c.identity);
}

TEST_CASE("a name with a kind is of that kind alone", "[pg]") {
  CHECK(object_name("public.orders").names(ObjectKind::type, "public.orders"));
  CHECK(object_name("type:public.orders").names(ObjectKind::type, "public.orders"));
  CHECK_FALSE(object_name("table:public.orders").names(ObjectKind::type, "public.orders"));
  CHECK_FALSE(object_name("public.orders").names(ObjectKind::table, "public.order"));
}
