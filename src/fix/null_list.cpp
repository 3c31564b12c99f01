#include "fix/null_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "pg/identifier.hpp"

namespace pgleast {
namespace {

// Where the server keeps the lists of a kind of object, and how it finds one by name.
struct ListPlace {
  ObjectKind kind;
  const char* catalog;
  const char* list;
  const char* owner;
  const char* key;         // the column that names the object
  const char* cast;        // of its quoted name; empty: it is a text
  char default_of = '\0';  // as acldefault() has it
};

// A parameter's row goes with its last grant, and so does a column's list.
constexpr std::array places{
    ListPlace{ObjectKind::database, "pg_database", "datacl", "datdba", "datname", "", 'd'},
    ListPlace{ObjectKind::schema, "pg_namespace", "nspacl", "nspowner", "nspname", "", 'n'},
    ListPlace{ObjectKind::table, "pg_class", "relacl", "relowner", "oid", "regclass", 'r'},
    ListPlace{ObjectKind::sequence, "pg_class", "relacl", "relowner", "oid", "regclass", 's'},
    ListPlace{ObjectKind::function, "pg_proc", "proacl", "proowner", "oid", "regprocedure", 'f'},
    ListPlace{ObjectKind::type, "pg_type", "typacl", "typowner", "oid", "regtype", 'T'},
    ListPlace{ObjectKind::language, "pg_language", "lanacl", "lanowner", "lanname", "", 'l'},
    ListPlace{ObjectKind::tablespace, "pg_tablespace", "spcacl", "spcowner", "spcname", "", 't'},
    ListPlace{ObjectKind::foreign_data_wrapper, "pg_foreign_data_wrapper", "fdwacl", "fdwowner",
              "fdwname", "", 'F'},
    ListPlace{ObjectKind::foreign_server, "pg_foreign_server", "srvacl", "srvowner", "srvname", "",
              'S'},
    ListPlace{ObjectKind::large_object, "pg_largeobject_metadata", "lomacl", "lomowner", "oid",
              "oid", 'L'},
};

// Where it says no more and no less than null would.
std::string set_to_null(const ListPlace& place, const Cluster& cluster, const Object& object) {
  const std::string cast = place.cast;
  const auto name = cast.empty() ? quote_literal(object.name)
                                 : quote_literal(qualified_name(cluster, object)) + "::" + cast;
  const auto all = fmt::format("acldefault('{}', {})", place.default_of, place.owner);
  return fmt::format("UPDATE {0} SET {1} = NULL WHERE {2} = {3} AND {1} @> {4} AND {1} <@ {4};",
                     place.catalog, place.list, place.key, name, all);
}

}  // namespace

std::vector<PlanSection> with_null_lists(const Plan& plan, const Cluster& cluster) {
  auto sections = plan.sections;
  for (std::size_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& object = cluster.objects[i];
    if (object.acl != null_acl || plan.model.objects[i].acl == null_acl) continue;
    const auto place = std::find_if(places.begin(), places.end(),
                                    [&](const auto& p) { return p.kind == object.kind; });
    const auto database =
        object.database == no_object ? std::string() : cluster.object(object.database).name;
    const auto section = std::find_if(sections.begin(), sections.end(),
                                      [&](const auto& s) { return s.database == database; });
    if (place == places.end() || section == sections.end()) continue;
    section->undo.push_back(set_to_null(*place, cluster, object));
  }
  return sections;
}

}  // namespace pgleast
