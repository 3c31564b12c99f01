#include "model/named_object.hpp"

#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

namespace {

/// A table with two columns, its type, a sequence and what the server has itself.
Cluster shop() {
  Cluster c;
  c.version_num = 150000;
  RelationDetail orders;
  orders.columns = {{"id", null_acl}, {"Note", null_acl}};
  c.relations = {orders, {}};
  const auto add = [&](ObjectKind kind, const char* name, const char* identity, bool system) {
    Object o;
    o.kind = kind;
    o.name = name;
    o.identity = identity;
    o.system = system;
    if (kind == ObjectKind::table) o.detail = system ? 1 : 0;
    c.objects.push_back(o);
  };
  add(ObjectKind::table, "orders", "public.orders", false);
  add(ObjectKind::type, "orders", "public.orders", false);
  add(ObjectKind::sequence, "numbers", "public.numbers", false);
  add(ObjectKind::table, "pg_class", "pg_catalog.pg_class", true);
  return c;
}

std::string told(std::string_view text, const NamingRange& range = {}) {
  const auto cluster = shop();
  try {
    std::string result;
    for (const auto& named : objects_named(cluster, text, range)) {
      const auto kind = named.column ? ObjectKind::column : cluster.object(named.object).kind;
      result += (result.empty() ? "" : ", ") + std::string(info(kind).name) + ' ' +
                identity_of(cluster, named);
    }
    return result;
  } catch (const Error& error) {
    return error.diagnostic().message;
  }
}

}  // namespace

TEST_CASE("objects and columns are found by the name that a user gives", "[model]") {
  CHECK(told("public.orders") == "table public.orders, type public.orders");
  CHECK(told("table:public.orders") == "table public.orders");
  CHECK(told("types:public.orders") == "type public.orders");
  CHECK(told("public.orders.id") == "column public.orders.id");
  CHECK(told("column:public.orders.\"Note\"") == "column public.orders.\"Note\"");
  CHECK(told("pg_catalog.pg_class") == "table pg_catalog.pg_class");
}

TEST_CASE("a name that is nobody's is refused with the one that was meant", "[model]") {
  const NamingRange users{false, {"superuser"}};
  CHECK(told("orders") == "there is no object `orders`; did you mean `public.orders`?");
  CHECK(told("public.order") == "there is no object `public.order`; did you mean `public.orders`?");
  CHECK(told("public.orders.Note") ==
        "there is no object `public.orders.Note`; did you mean `public.orders.\"Note\"`?");
  CHECK(told("tabel:public.orders") ==
        "there is no object `tabel:public.orders`; did you mean `table:public.orders`?");
  CHECK(told("table:public.orders.id") ==
        "there is no object `table:public.orders.id`; did you mean `table:public.orders`?");
  CHECK(told("superusr", users) == "there is no object `superusr`; did you mean `superuser`?");
  CHECK(told("pg_catalog.pg_class", users) == "there is no object `pg_catalog.pg_class`");
  CHECK(told("x\x1b[2J") == "there is no object `x\\x1b[2J`");
}
