// What is held and by which way, row by row; what is asked for by name and not held; names that
// are not there.

#include "access/access_answer.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const char* const script =
    "CREATE ROLE readers; CREATE ROLE app IN ROLE readers; CREATE ROLE gone; DROP ROLE gone;"
    "CREATE TABLE t (id int, secret text); CREATE TABLE u (id int);"
    "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
    "GRANT SELECT ON t TO readers; GRANT UPDATE (secret) ON t TO app WITH GRANT OPTION;"
    "GRANT SELECT ON u TO app WITH GRANT OPTION;";

std::string line(const AccessAnswer& answer, RoleId role, const AccessItem& item, Privilege p) {
  return fmt::format("{} {} {} {}", answer.graph().cluster().role_name(role),
                     info(answer.items().kind_of(item)).name, answer.items().identity_of(item),
                     info(p).keyword);
}

std::string held(const AccessQuestion& question) {
  const auto cluster = script_cluster(script);
  std::string first;
  try {
    AccessAnswer answer(cluster, question);
    for (int i = 0; i < 2; ++i) {
      std::string text;
      answer.each_held([&](RoleId role, const AccessItem& item, Privilege p) {
        text += line(answer, role, item, p) + (item.held.grantable.has(p) ? "* by " : " by ") +
                answer.nearest_way(role, item, p) + '\n';
      });
      if (i == 0) first = text;
      CHECK(text == first);
    }
  } catch (const Error& e) {
    CHECK(e.fault() == Fault::usage);
    return e.what();
  }
  return first;
}

std::string named(const AccessQuestion& question) {
  const auto cluster = script_cluster(script);
  const AccessAnswer answer(cluster, question);
  std::string text;
  answer.each_named([&](RoleId role, const AccessItem& item, Privilege p) {
    text += line(answer, role, item, p) + '\n';
  });
  return text;
}

}  // namespace

TEST_CASE("who holds what, and by which way", "[access]") {
  struct Case {
    AccessQuestion question;
    std::string expected;
  };
  const auto c = GENERATE_COPY(values<Case>({
      {{"app", "table:public.t", "", false}, "app table public.t SELECT by app > readers\n"},
      // A list of its own, and none.
      {{"app", "public.t.secret", "", false},
       "app column public.t.secret SELECT by app > readers\n"
       "app column public.t.secret UPDATE* by grant\n"},
      {{"app", "public.t.id", "", false}, "app column public.t.id SELECT by app > readers\n"},
      {{"app", "table:public.u", "SELECT", false}, "app table public.u SELECT* by grant\n"},
      {{"app", "table:public.u", "INSERT", false}, ""},
      // By role.
      {{"", "table:public.t", "SELECT", false},
       "app table public.t SELECT by app > readers\n"
       "pg_read_all_data table public.t SELECT by pg_read_all_data\n"
       "postgres table public.t SELECT* by superuser\n"
       "readers table public.t SELECT by grant\n"},
      {{"app", "", "SELECT", false},
       "app column public.t.id SELECT by app > readers\n"
       "app column public.t.secret SELECT by app > readers\n"
       "app column public.u.id SELECT* by grant\n"
       "app table public.t SELECT by app > readers\n"
       "app table public.u SELECT* by grant\n"},
      {{"app", "pg_catalog", "USAGE", true}, "app schema pg_catalog USAGE by PUBLIC\n"},
      {{"ap", "", "", false}, "there is no role `ap`; did you mean `app`?"},
      {{"gone", "", "", false}, "there is no role `gone`"},
      {{"", "", "SELEC", false}, "unknown privilege `SELEC`; did you mean `SELECT`?"},
      {{"", "public.x", "", false}, "there is no object `public.x`; did you mean `public.t`?"},
  }));
  INFO(c.question.role << " " << c.question.object << " " << c.question.privilege);
  CHECK(held(c.question) == c.expected);
}

TEST_CASE("what is asked for by name is told also where it is not held", "[access]") {
  CHECK(named({"app", "table:public.u", "INSERT", false}) == "app table public.u INSERT\n");
  CHECK(named({"app", "table:public.u", "EXECUTE", false}).empty());
  CHECK(named({"app", "table:public.u", "", false}).empty());
  CHECK(named({"", "table:public.u", "INSERT", false}).empty());
  CHECK(named({"app", "", "INSERT", false}).empty());
}
