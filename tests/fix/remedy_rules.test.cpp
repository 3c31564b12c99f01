// What remedies say and what they make of the model, where the server does more than the statement
// names.

#include "finding/remedy.hpp"
#include "fix/statement.hpp"
#include "support/small_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;
using Lines = std::vector<std::string>;

namespace {

ObjectId add_table_in_schema(Cluster& cluster, const std::string& acl) {
  const auto database = add_object(cluster, ObjectKind::database, "shop", "owner", "");
  const auto schema = add_object(cluster, ObjectKind::schema, "s", "owner", "");
  const auto table = add_object(cluster, ObjectKind::table, "t", "owner", acl);
  cluster.objects[index(schema)].database = database;
  cluster.objects[index(table)].database = database;
  cluster.objects[index(table)].schema = schema;
  return table;
}

}  // namespace

TEST_CASE("a new owner takes over what columns grant", "[fix]") {
  auto model = small_cluster(15, {"owner", "m", "n", "other"});
  const auto table = add_table_in_schema(
      model, "{owner=arwdDxt/owner,m=r*/owner,other=a/owner,=r/owner,other=r/m}");
  auto& columns = model.relations[model.object(table).detail].columns;
  columns[0].acl = AclPool(model).intern_text("{m=r*/owner,n=r/m}");
  columns.push_back({"b", AclPool(model).intern_text("{n=w/owner}")});
  columns.push_back({"c", null_acl});
  model.objects[index(table)].identity = "s.t";
  for (const auto* const type : {"s.t", "s.t[]", "s.u"}) {
    const auto id = add_object(model, ObjectKind::type, type, "owner", "{owner=U/owner,m=U/owner}");
    model.objects[index(id)].database = model.object(table).database;
  }
  const auto statements = enact(model, ChangeOwner{table, role_named(model, "m")});
  CHECK(statements.sql == Lines{R"(ALTER TABLE "s"."t" OWNER TO "m";)"});
  CHECK(statements.undo == Lines{R"(ALTER TABLE "s"."t" OWNER TO "owner";)"});
  CHECK(model.role_name(model.object(table).owner) == "m");
  CHECK(shown(model, model.effective_acl(model.object(table))) == "{m=ar*wdDxt/m,other=ar/m,=r/m}");
  CHECK(shown(model, model.column_acl(columns[0])) == "{m=r*/m,n=r/m}");
  CHECK(shown(model, model.column_acl(columns[1])) == "{n=w/m}");
  CHECK(columns[2].acl == null_acl);
  // With it go its row type and the arrays of it, nothing else.
  std::string types;
  for (const auto& o : model.objects) {
    if (o.kind != ObjectKind::type) continue;
    types += o.identity + ' ' + model.role_name(o.owner) + ' ' +
             shown(model, model.effective_acl(o)) + '\n';
  }
  CHECK(types ==
        "s.t m {m=U/m}\n"
        "s.t[] m {m=U/m}\n"
        "s.u owner {owner=U/owner,m=U/owner}\n");
}

TEST_CASE("a REVOKE cascades where the server would refuse it", "[fix]") {
  struct Case {
    const char* before;
    const char* after;
    Lines sql;
  };
  const auto c = GENERATE(
      Case{"{m=r*/owner,n=r/m}", "{}", {R"(REVOKE SELECT ON TABLE "s"."t" FROM "m" CASCADE;)"}},
      // m keeps the option by its group.
      Case{"{m=r*/owner,grp=r*/owner,n=r/m}",
           "{grp=r*/owner,n=r/m}",
           {R"(REVOKE SELECT ON TABLE "s"."t" FROM "m";)"}},
      // By another grantor, too: only with the last option goes what was passed on.
      Case{"{m=r*/owner,other=r*/owner,m=r*/other,n=r/m}",
           "{other=r*/owner}",
           {R"(REVOKE SELECT ON TABLE "s"."t" FROM "m";)",
            R"(GRANT USAGE ON SCHEMA "s" TO "other";)", R"(SET LOCAL ROLE "other";)",
            R"(REVOKE SELECT ON TABLE "s"."t" FROM "m" CASCADE;)", "RESET ROLE;",
            R"(REVOKE USAGE ON SCHEMA "s" FROM "other";)"}});
  auto model = small_cluster(15, {"owner", "grp", "m", "n", "other"});
  add_membership(model, "grp", "m");
  const auto table = add_table_in_schema(model, c.before);
  const auto statements = enact(model, ChangePrivileges{false, table, std::nullopt,
                                                        role_named(model, "m"), Privilege::select});
  CHECK(statements.sql == c.sql);
  CHECK(shown(model, model.effective_acl(model.object(table))) == c.after);
}

// 15.18 and 18.4: dependent privileges exist.
TEST_CASE("a REVOKE on a table cascades for its columns' sake", "[fix]") {
  auto model = small_cluster(15, {"owner", "m", "n"});
  const auto table = add_table_in_schema(model, "{m=r/owner}");
  auto& column = model.relations[model.object(table).detail].columns[0];
  column.acl = AclPool(model).intern_text("{m=r*/owner,n=r/m,n=w/owner}");
  const auto statements = enact(model, ChangePrivileges{false, table, std::nullopt,
                                                        role_named(model, "m"), Privilege::select});
  CHECK(statements.sql == Lines{R"(REVOKE SELECT ON TABLE "s"."t" FROM "m" CASCADE;)"});
  CHECK(shown(model, model.column_acl(column)) == "{n=w/owner}");
}

TEST_CASE("a membership goes with what hung on it", "[fix]") {
  struct Case {
    int major;
    const char* member;
    Lines sql, undo;
    const char* left;
  };
  const auto c = GENERATE(
      Case{15,
           "x",
           {R"(REVOKE "r" FROM "x";)"},
           {R"(GRANT "r" TO "x" WITH ADMIN OPTION;)"},
           "a1<postgres admin, y<x"},
      // Nothing hangs on who cannot pass it on.
      Case{18,
           "y",
           {R"(REVOKE "r" FROM "y" GRANTED BY "x";)"},
           {R"(GRANT "r" TO "y" WITH ADMIN FALSE, INHERIT TRUE, SET TRUE GRANTED BY "x";)"},
           "a1<postgres admin, x<a1 admin, x<postgres admin"},
      Case{18,
           "x",
           {R"(REVOKE "r" FROM "x" GRANTED BY "a1";)",
            R"(REVOKE "r" FROM "x" GRANTED BY "postgres" CASCADE;)"},
           {R"(GRANT "r" TO "x" WITH ADMIN TRUE, INHERIT TRUE, SET TRUE GRANTED BY "a1";)",
            R"(GRANT "r" TO "x" WITH ADMIN TRUE, INHERIT TRUE, SET TRUE GRANTED BY "postgres";)",
            R"(GRANT "r" TO "y" WITH ADMIN FALSE, INHERIT TRUE, SET TRUE GRANTED BY "x";)"},
           "a1<postgres admin"});
  auto model = small_cluster(c.major, {"r", "a1", "x", "y"});
  add_membership(model, "r", "a1", "postgres", true);
  add_membership(model, "r", "x", "a1", true);
  if (c.major >= 16) add_membership(model, "r", "x", "postgres", true);
  add_membership(model, "r", "y", "x");
  const auto statements =
      enact(model, ChangeMembership{false, role_named(model, "r"), role_named(model, c.member)});
  INFO(c.major << ' ' << c.member);
  CHECK(statements.sql == c.sql);
  CHECK(statements.undo == c.undo);
  CHECK(members_of(model, "r") == c.left);
}
