#include "input/server/object_reader.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "input/server/field.hpp"
#include "pg/array_text.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

struct FoundRelation {
  std::uint32_t oid = 0, schema = 0, owner = 0;
  std::string_view name;
  char kind = 'r';
  bool row_security = false, force_row_security = false;
  Field options;
};

struct FoundColumn {
  std::uint32_t table = 0;
  std::int32_t number = 0;
  std::string_view name;
  Field acl;
};

struct FoundFunction {
  std::uint32_t oid = 0, schema = 0, owner = 0;
  std::string_view name;
  Field acl;
  std::string_view arguments;  // OIDs of types
  FunctionDetail detail;
};

struct FoundType {
  std::uint32_t oid = 0, schema = 0, owner = 0;
  std::string_view name;
  Field acl;
  Field identity;              // where the server spells it
  std::uint32_t element = 0;   // of an array
  std::uint32_t acl_from = 0;  // whose access list it takes
  bool shown = false;
};

// As `ORDER BY schema, name COLLATE "C"`; several functions may have one name. They come nearly
// sorted.
template <typename Found>
void sort_by_name(std::vector<Found>& found) {
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tie(a.schema, a.name, a.oid) < std::tie(b.schema, b.name, b.oid);
  });
}

class ObjectReader {
 public:
  ObjectReader(Session& session, const QueryOfName& question, Cluster& cluster,
               ObjectBuilder& builder, ObjectId database)
      : session_(session),
        question_(question),
        cluster_(cluster),
        builder_(builder),
        database_(database) {}

  void read_members();
  void read_relations();
  void read_columns();
  void read_types();
  void add_functions();
  void add_types();

 private:
  Rows ask(const std::string& name) const { return session_.ask(question_(name), name); }
  ObjectId schema(std::uint32_t oid) const {
    return builder_.object_of_oid(ObjectKind::schema, oid, database_);
  }
  bool is_member(ObjectKind kind, std::uint32_t oid) const {
    return members_.contains(static_cast<std::uint64_t>(kind) << 32U | oid);
  }
  const FoundType* type(std::uint32_t oid) const {
    const auto at = type_of_.find(oid);
    return at == type_of_.end() ? nullptr : &types_[at->second];
  }
  std::string name_of(const FoundType& type) const;
  std::string identity(std::uint32_t type_oid) const;
  std::string identity(const FoundFunction& function, ObjectId schema) const;

  Session& session_;
  const QueryOfName& question_;
  Cluster& cluster_;
  ObjectBuilder& builder_;
  ObjectId database_;
  std::unordered_set<std::uint64_t> members_;  // of extensions: kind and OID
  std::optional<Rows> type_rows_;              // that types_ looks into
  std::vector<FoundType> types_;
  std::unordered_map<std::uint32_t, std::size_t> type_of_;  // by OID
};

void ObjectReader::read_members() {
  for (const auto& r : ask("extension_members")) {
    const auto kind = object_kind_named(*r[0]).value_or(ObjectKind::type);
    members_.insert(static_cast<std::uint64_t>(kind) << 32U | oid_of(r[1]));
  }
  for (auto& o : cluster_.objects) {
    if (o.kind == ObjectKind::schema && o.database == database_) {
      o.extension = is_member(ObjectKind::schema, o.oid);
    }
  }
}

void ObjectReader::read_relations() {
  const auto lists = ask("relation_acls");
  std::unordered_map<std::uint32_t, std::string_view> acl_of;
  for (const auto& r : lists) {
    each_oid(*r[1], [&](std::uint32_t oid) { acl_of.emplace(oid, *r[0]); });
  }
  const auto rows = ask("relations");
  std::vector<FoundRelation> relations;
  relations.reserve(rows.size());
  for (const auto& r : rows) {
    relations.push_back({oid_of(r[0]), oid_of(r[1]), oid_of(r[4]), *r[2], letter(r[3]), truth(r[5]),
                         truth(r[6]), r[7]});
  }
  sort_by_name(relations);
  for (const auto& r : relations) {
    const bool sequence = r.kind == 'S';
    NewObject object{sequence ? ObjectKind::sequence : ObjectKind::table, r.oid, database_,
                     schema(r.schema), std::string(r.name)};
    if (object.schema == no_object) continue;  // a temporary schema
    object.extension = is_member(ObjectKind::table, r.oid);
    const auto acl = acl_of.find(r.oid);
    const auto id = builder_.add(std::move(object), builder_.role_of_oid(r.owner),
                                 acl == acl_of.end() ? Field() : Field(acl->second));
    if (sequence) continue;
    RelationDetail detail{r.kind, r.row_security, r.force_row_security, {}, {}};
    if (r.options) detail.options = array_elements(*r.options);
    builder_.detail(id, std::move(detail));
  }
}

void ObjectReader::read_columns() {
  const auto rows = ask("columns");
  std::vector<FoundColumn> columns;
  columns.reserve(rows.size());
  for (const auto& r : rows) {
    columns.push_back({oid_of(r[0]), number_of<std::int32_t>(r[1]), *r[2], r[3]});
  }
  std::stable_sort(columns.begin(), columns.end(), [](const FoundColumn& a, const FoundColumn& b) {
    return std::tie(a.table, a.number) < std::tie(b.table, b.number);
  });
  for (std::size_t at = 0, end = 0; at < columns.size(); at = end) {
    const auto oid = columns[at].table;
    while (end < columns.size() && columns[end].table == oid) ++end;
    const auto table = builder_.object_of_oid(ObjectKind::table, oid, database_);
    if (table == no_object) continue;
    auto& of_table = cluster_.relations[cluster_.object(table).detail].columns;
    of_table.reserve(end - at);
    for (auto i = at; i < end; ++i) {
      of_table.push_back({std::string(columns[i].name), builder_.acl(columns[i].acl)});
    }
  }
}

void ObjectReader::read_types() {
  type_rows_ = ask("types");
  types_.reserve(type_rows_->size());
  for (const auto& r : *type_rows_) {
    types_.push_back({oid_of(r[0]), oid_of(r[1]), oid_of(r[3]), *r[2], r[4], r[5], oid_of(r[6]),
                      oid_of(r[7]), truth(r[8])});
  }
  sort_by_name(types_);
  type_of_.reserve(types_.size());
  for (std::size_t i = 0; i < types_.size(); ++i) type_of_.emplace(types_[i].oid, i);
}

// Not of an array by its element.
std::string ObjectReader::name_of(const FoundType& type) const {
  if (type.identity) return std::string(*type.identity);
  return cluster_.object(schema(type.schema)).identity + '.' +
         shown_identifier(type.name, cluster_.major());
}

// format_type.c, format_type_extended
std::string ObjectReader::identity(std::uint32_t type_oid) const {
  const auto* const found = type(type_oid);
  if (found == nullptr) return "???";
  const auto* const element = found->identity ? nullptr : type(found->element);
  return element == nullptr ? name_of(*found) : name_of(*element) + "[]";
}

// regproc.c, format_procedure_extended
std::string ObjectReader::identity(const FoundFunction& function, ObjectId schema) const {
  auto result = cluster_.object(schema).identity + '.' +
                shown_identifier(function.name, cluster_.major()) + '(';
  bool first = true;
  each_oid(function.arguments, [&](std::uint32_t oid) {
    if (!first) result += ',';
    first = false;
    result += identity(oid);
  });
  return result + ')';
}

void ObjectReader::add_functions() {
  const auto rows = ask("functions");
  std::vector<FoundFunction> functions;
  functions.reserve(rows.size());
  for (const auto& r : rows) {
    functions.push_back({oid_of(r[0]), oid_of(r[1]), oid_of(r[3]), *r[2], r[4], *r[5],
                         FunctionDetail{letter(r[6]),
                                        truth(r[7]),
                                        truth(r[8]),
                                        letter(r[9]),
                                        text_of(r[10]),
                                        truth(r[11]),
                                        {}}});
    if (r[12]) functions.back().detail.config = array_elements(*r[12]);
  }
  sort_by_name(functions);
  for (auto& f : functions) {
    NewObject object{ObjectKind::function, f.oid, database_, schema(f.schema), std::string(f.name)};
    if (object.schema == no_object) continue;
    object.identity = identity(f, object.schema);
    object.extension = is_member(ObjectKind::function, f.oid);
    const auto id = builder_.add(std::move(object), builder_.role_of_oid(f.owner), f.acl);
    builder_.detail(id, std::move(f.detail));
  }
}

void ObjectReader::add_types() {
  for (const auto& t : types_) {
    NewObject object{ObjectKind::type, t.oid, database_, schema(t.schema), std::string(t.name)};
    if (!t.shown || object.schema == no_object) continue;
    object.identity = identity(t.oid);
    object.extension = is_member(ObjectKind::type, t.oid);
    const auto* const from = type(t.acl_from);
    builder_.add(std::move(object), builder_.role_of_oid(t.owner),
                 from == nullptr ? t.acl : from->acl);
  }
}

}  // namespace

void read_objects(Session& session, const QueryOfName& question, Cluster& cluster,
                  ObjectBuilder& builder, ObjectId database,
                  const std::function<void(const std::string& phase)>& done) {
  ObjectReader reader(session, question, cluster, builder, database);
  reader.read_members();
  reader.read_relations();
  done("relations");
  reader.read_columns();
  done("columns");
  reader.read_types();
  reader.add_functions();
  done("functions");
  reader.add_types();
  done("types");
}

}  // namespace pgleast
