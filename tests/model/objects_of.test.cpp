// The objects of one kind, in their order, and those that are one of their name on a server.

#include "model/objects_of.hpp"

#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string names(const Cluster& cluster, ObjectKind kind) {
  std::string result;
  for (const auto id : objects_of(cluster, kind)) {
    CHECK(cluster.object(id).kind == kind);
    result += cluster.object(id).identity + ' ';
  }
  return result;
}

}  // namespace

TEST_CASE("the objects of one kind come in their order", "[model]") {
  const auto cluster =
      script_cluster("CREATE TABLE b (a int); CREATE SCHEMA s; CREATE TABLE a ();");
  CHECK(names(cluster, ObjectKind::table) == "public.b public.a ");
  CHECK(names(cluster, ObjectKind::sequence).empty());
  CHECK(names(cluster, ObjectKind::database) == "template1 template0 postgres ");
  CHECK(names(Cluster(), ObjectKind::table).empty());
}

TEST_CASE("a database or a tablespace is found by its name", "[model]") {
  const auto cluster = script_cluster("CREATE SCHEMA postgres;");
  const auto named = [&](ObjectKind kind, std::string_view name) {
    return shared_object_named(cluster, kind, name);
  };
  CHECK(named(ObjectKind::database, "postgres") ==
        object_of(cluster, ObjectKind::database, "postgres"));
  CHECK(named(ObjectKind::tablespace, "pg_global") ==
        object_of(cluster, ObjectKind::tablespace, "pg_global"));
  CHECK(named(ObjectKind::tablespace, "postgres") == no_object);
  CHECK(named(ObjectKind::database, "") == no_object);
}
