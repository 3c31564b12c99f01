#include "input/server/object_reader.hpp"

#include <algorithm>
#include <deque>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "input/server/answers.hpp"
#include "input/server/field.hpp"
#include "pg/array_text.hpp"
#include "pg/identifier.hpp"
#include "pg/secret_text.hpp"

namespace pgleast {
namespace {

constexpr std::uint32_t no_text = 0xFFFFFFFF;

struct FoundRelation {
  std::uint32_t oid = 0, schema = 0, owner = 0;
  std::string name;
  char kind = 'r';
  bool row_security = false, force_row_security = false;
  std::vector<std::string> options;
};

struct FoundColumn {
  std::uint32_t table = 0;
  std::int32_t number = 0;
  std::string name;
  std::uint32_t acl = no_text;  // into texts of their own: hardly any column has one
};

struct FoundFunction {
  std::uint32_t oid = 0, schema = 0, owner = 0;
  std::string name;
  std::optional<std::string> acl;
  std::string arguments;  // OIDs of types
  FunctionDetail detail;
};

struct FoundType {
  std::uint32_t oid = 0, schema = 0, owner = 0;
  std::string name;
  std::uint32_t element = 0;   // of an array
  std::uint32_t acl_from = 0;  // whose access list it takes
  bool shown = false;
};

// The access lists of relations. Each is read when the first that has it is added, and then its
// text is no longer needed.
class RelationAcls {
 public:
  void add(std::string_view text, std::string_view oids) {
    const auto at = static_cast<std::uint32_t>(lists_.size());
    each_oid(oids, [&](std::uint32_t oid) { list_of_.emplace(oid, at); });
    lists_.push_back({std::string(text)});
  }

  AclId of(std::uint32_t oid, ObjectBuilder& builder) {
    const auto found = list_of_.find(oid);
    if (found == list_of_.end()) return null_acl;
    auto& list = lists_[found->second];
    if (list.id == null_acl) list.id = builder.acl(std::string(std::move(list.text)));
    return list.id;
  }

 private:
  struct List {
    std::string text;
    AclId id = null_acl;
  };
  std::deque<List> lists_;
  std::unordered_map<std::uint32_t, std::uint32_t> list_of_;  // by OID
};

// As `ORDER BY schema, name COLLATE "C"`; several functions may have one name. They come nearly
// sorted.
template <typename Found>
void sort_by_name(std::deque<Found>& found) {
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tie(a.schema, a.name, a.oid) < std::tie(b.schema, b.name, b.oid);
  });
}

class ObjectReader {
 public:
  ObjectReader(Answers& answers, Cluster& cluster, ObjectBuilder& builder, ObjectId database)
      : answers_(answers), cluster_(cluster), builder_(builder), database_(database) {}

  void read_members();
  void read_relation_acls();
  void read_relations();
  void read_columns();
  void read_types();
  void add_functions();
  void add_types();

 private:
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
  void add(FoundRelation& relation);
  void add_columns(std::deque<FoundColumn> columns, const std::vector<std::string>& acls);
  std::string name_of(const FoundType& type) const;
  std::string identity(std::uint32_t type_oid) const;
  std::string identity(const FoundFunction& function, ObjectId schema) const;

  Answers& answers_;
  Cluster& cluster_;
  ObjectBuilder& builder_;
  ObjectId database_;
  std::unordered_set<std::uint64_t> members_;  // of extensions: kind and OID
  RelationAcls relation_acls_;
  std::deque<FoundType> types_;
  std::unordered_map<std::uint32_t, std::size_t> type_of_;          // by OID
  std::unordered_map<std::uint32_t, std::string> type_acls_;        // by OID
  std::unordered_map<std::uint32_t, std::string> type_identities_;  // by OID: the server's own
};

void ObjectReader::read_members() {
  answers_.each([&](const Row& r) {
    const auto kind = object_kind_named(r[0].value_or("")).value_or(ObjectKind::type);
    members_.insert(static_cast<std::uint64_t>(kind) << 32U | oid_of(r[1]));
  });
  for (auto& o : cluster_.objects) {
    if (o.kind == ObjectKind::schema && o.database == database_) {
      o.extension = is_member(ObjectKind::schema, o.oid);
    }
  }
}

void ObjectReader::read_relation_acls() {
  answers_.each([&](const Row& r) { relation_acls_.add(r[0].value_or(""), r[1].value_or("")); });
}

void ObjectReader::read_relations() {
  std::deque<FoundRelation> relations;
  answers_.each([&](const Row& r) {
    relations.push_back({oid_of(r[0]), oid_of(r[1]), oid_of(r[4]), text_of(r[2]), letter(r[3]),
                         truth(r[5]), truth(r[6]),
                         r[7] ? array_elements(*r[7]) : std::vector<std::string>{}});
  });
  sort_by_name(relations);
  for (; !relations.empty(); relations.pop_front()) add(relations.front());
  relation_acls_ = {};
}

void ObjectReader::add(FoundRelation& relation) {
  const bool sequence = relation.kind == 'S';
  NewObject object{sequence ? ObjectKind::sequence : ObjectKind::table, relation.oid, database_,
                   schema(relation.schema), std::move(relation.name)};
  if (object.schema == no_object) return;  // a temporary schema
  object.extension = is_member(ObjectKind::table, relation.oid);
  const auto owner = builder_.role_of_oid(relation.owner);
  const auto acl = relation_acls_.of(relation.oid, builder_);
  const auto id = builder_.add_with_acl(std::move(object), owner, acl);
  if (sequence) return;
  builder_.detail(id, RelationDetail{relation.kind,
                                     relation.row_security,
                                     relation.force_row_security,
                                     std::move(relation.options),
                                     {}});
}

void ObjectReader::read_columns() {
  std::deque<FoundColumn> columns;
  std::vector<std::string> acls;
  answers_.each([&](const Row& r) {
    columns.push_back({oid_of(r[0]), number_of<std::int32_t>(r[1]), text_of(r[2])});
    if (!r[3]) return;
    columns.back().acl = static_cast<std::uint32_t>(acls.size());
    acls.emplace_back(*r[3]);
  });
  std::stable_sort(columns.begin(), columns.end(), [](const FoundColumn& a, const FoundColumn& b) {
    return std::tie(a.table, a.number) < std::tie(b.table, b.number);
  });
  add_columns(std::move(columns), acls);
}

void ObjectReader::add_columns(std::deque<FoundColumn> columns,
                               const std::vector<std::string>& acls) {
  while (!columns.empty()) {
    const auto oid = columns.front().table;
    const auto end = std::find_if(columns.begin(), columns.end(),
                                  [&](const FoundColumn& c) { return c.table != oid; });
    const auto table = builder_.object_of_oid(ObjectKind::table, oid, database_);
    if (table != no_object) {
      auto& of_table = cluster_.relations[cluster_.object(table).detail].columns;
      of_table.reserve(static_cast<std::size_t>(end - columns.begin()));
      for (auto c = columns.begin(); c != end; ++c) {
        const auto acl = c->acl == no_text ? Field() : Field(acls[c->acl]);
        of_table.push_back({std::move(c->name), builder_.acl(acl)});
      }
    }
    columns.erase(columns.begin(), end);
  }
}

void ObjectReader::read_types() {
  answers_.each([&](const Row& r) {
    const auto oid = oid_of(r[0]);
    types_.push_back(
        {oid, oid_of(r[1]), oid_of(r[3]), text_of(r[2]), oid_of(r[6]), oid_of(r[7]), truth(r[8])});
    if (r[4]) type_acls_.emplace(oid, *r[4]);
    if (r[5]) type_identities_.emplace(oid, *r[5]);
  });
  sort_by_name(types_);
  type_of_.reserve(types_.size());
  for (std::size_t i = 0; i < types_.size(); ++i) type_of_.emplace(types_[i].oid, i);
}

// Not of an array by its element.
std::string ObjectReader::name_of(const FoundType& type) const {
  if (const auto told = type_identities_.find(type.oid); told != type_identities_.end()) {
    return told->second;
  }
  return cluster_.object(schema(type.schema)).identity + '.' +
         shown_identifier(type.name, cluster_.major());
}

// format_type.c, format_type_extended
std::string ObjectReader::identity(std::uint32_t type_oid) const {
  const auto* const found = type(type_oid);
  if (found == nullptr) return "???";
  const auto* const element =
      type_identities_.contains(found->oid) ? nullptr : type(found->element);
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
  std::deque<FoundFunction> functions;
  answers_.each([&](const Row& r) {
    functions.push_back({oid_of(r[0]), oid_of(r[1]), oid_of(r[3]), text_of(r[2]), kept(r[4]),
                         text_of(r[5]),
                         FunctionDetail{letter(r[6]),
                                        truth(r[7]),
                                        truth(r[8]),
                                        letter(r[9]),
                                        text_of(r[10]),
                                        truth(r[11]),
                                        {}}});
    if (!r[12]) return;
    for (const auto& option : array_elements(*r[12])) {
      functions.back().detail.config.push_back(masked_option(option));
    }
  });
  sort_by_name(functions);
  for (auto& f : functions) {
    NewObject object{ObjectKind::function, f.oid, database_, schema(f.schema), {}};
    if (object.schema == no_object) continue;
    object.identity = identity(f, object.schema);
    object.name = std::move(f.name);
    object.extension = is_member(ObjectKind::function, f.oid);
    const auto owner = builder_.role_of_oid(f.owner);
    const auto id = builder_.add(std::move(object), owner, f.acl);
    builder_.detail(id, std::move(f.detail));
  }
}

void ObjectReader::add_types() {
  for (const auto& t : types_) {
    NewObject object{ObjectKind::type, t.oid, database_, schema(t.schema), t.name};
    if (!t.shown || object.schema == no_object) continue;
    object.identity = identity(t.oid);
    object.extension = is_member(ObjectKind::type, t.oid);
    const auto owner = builder_.role_of_oid(t.owner);
    const auto acl = type_acls_.find(type(t.acl_from) == nullptr ? t.oid : t.acl_from);
    builder_.add(std::move(object), owner, acl == type_acls_.end() ? Field() : acl->second);
  }
}

// To print a list takes the server longer than to find its equals, if it has any.
bool share_acls(Session& session, const QueryOfName& question) {
  const std::string name = "relation_acls_are_shared";
  return truth(session.ask(question(name), name).front().front());
}

}  // namespace

void read_objects(Session& session, const QueryOfName& question, Cluster& cluster,
                  ObjectBuilder& builder, ObjectId database,
                  const std::function<void(const std::string& phase)>& done) {
  std::vector<Answers::Asked> questions;
  for (const char* const name :
       {"extension_members",
        share_acls(session, question) ? "shared_relation_acls" : "relation_acls", "relations",
        "columns", "types", "functions"}) {
    questions.push_back({name, question(name)});
  }
  Answers answers(session, std::move(questions));
  ObjectReader reader(answers, cluster, builder, database);
  reader.read_members();
  reader.read_relation_acls();
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
