// What a name means that somebody asks about, and the order in which the answers come.

#include "access/access_items.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const char* const script =
    "CREATE SCHEMA orders; CREATE TABLE public.orders (id int, \"I D\" text);"
    "CREATE TABLE public.order_items (id int); CREATE SEQUENCE public.numbers;"
    "CREATE FUNCTION public.orders(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
    "CREATE TABLE public.\"orders.id\" (a int); CREATE SCHEMA \"numbers\";"
    "CREATE SEQUENCE orders.orders;";

std::string asked(const Cluster& cluster, const char* wanted, bool system = false) {
  try {
    const AccessItems items(cluster, wanted, system);
    std::string text;
    for (const auto& item : items.sorted(items.all())) {
      text += fmt::format("{} {}\n", info(items.kind_of(item)).name, items.identity_of(item));
      const auto* const column = items.column_of(item);
      CHECK((column != nullptr) == item.column.has_value());
    }
    return text;
  } catch (const Error& e) {
    CHECK(e.fault() == Fault::usage);
    return e.what();
  }
}

}  // namespace

TEST_CASE("an object is asked for by its name, with its kind where two share it", "[access]") {
  struct Case {
    const char* wanted;
    const char* expected;
  };
  const auto c = GENERATE(values<Case>({
      {"public.orders", "table public.orders\ntype public.orders\n"},
      {"table:public.orders", "table public.orders\n"},
      {"function:public.orders(integer)", "function public.orders(integer)\n"},
      {"orders", "schema orders\n"},
      {"public.orders.id", "column public.orders.id\n"},
      {"column:public.orders.id", "column public.orders.id\n"},
      {"public.orders.\"I D\"", "column public.orders.\"I D\"\n"},
      {"public.\"orders.id\"", "table public.\"orders.id\"\ntype public.\"orders.id\"\n"},
      {"public.\"orders.id\".a", "column public.\"orders.id\".a\n"},
      {"numbers", "schema numbers\n"},
      {"sequence:public.numbers", "sequence public.numbers\n"},
      {"table:public.numbers",
       "there is no object `table:public.numbers`; did you mean `table:public.orders`?"},
      {"public.order", "there is no object `public.order`; did you mean `public.orders`?"},
      {"pg_catalog", "there is no object `pg_catalog`"},
      // All, by the names of their kinds.
      {"",
       "column public.\"orders.id\".a\n"
       "column public.order_items.id\n"
       "column public.orders.\"I D\"\n"
       "column public.orders.id\n"
       "database postgres\n"
       "database template0\n"
       "database template1\n"
       "function public.orders(integer)\n"
       "language c\n"
       "language internal\n"
       "language plpgsql\n"
       "language sql\n"
       "schema numbers\n"
       "schema orders\n"
       "schema public\n"
       "sequence orders.orders\n"
       "sequence public.numbers\n"
       "table public.\"orders.id\"\n"
       "table public.order_items\n"
       "table public.orders\n"
       "tablespace pg_default\n"
       "tablespace pg_global\n"
       "type public.\"orders.id\"\n"
       "type public.\"orders.id\"[]\n"
       "type public.order_items\n"
       "type public.order_items[]\n"
       "type public.orders\n"
       "type public.orders[]\n"},
  }));
  INFO(c.wanted);
  CHECK(asked(script_cluster(script), c.wanted) == c.expected);
}

TEST_CASE("what is the server's own is asked for, too", "[access]") {
  const auto cluster = script_cluster(script);
  CHECK(asked(cluster, "pg_catalog", true) == "schema pg_catalog\n");
  CHECK(asked(cluster, "no.such", true) == "there is no object `no.such`");
}
