#include "input/server/stored_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "input/code/code_reader.hpp"
#include "input/server/field.hpp"
#include "input/server/item_question.hpp"
#include "model/code_order.hpp"
#include "model/objects_of.hpp"
#include "pg/array_text.hpp"
#include "pg/identifier.hpp"
#include "pg/setting_value.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

/// pg_trigger.tgtype (catalog/pg_trigger.h).
PrivilegeSet events_of(std::uint32_t type) {
  PrivilegeSet events;
  if ((type & 4U) != 0) events |= Privilege::insert;
  if ((type & 8U) != 0) events |= Privilege::delete_;
  if ((type & 16U) != 0) events |= Privilege::update;
  if ((type & 32U) != 0) events |= Privilege::truncate;
  return events;
}

/// pg_rewrite.ev_type.
PrivilegeSet event_of_rule(const Field& type) {
  if (type == "1") return Privilege::select;
  if (type == "2") return Privilege::update;
  if (type == "3") return Privilege::insert;
  return Privilege::delete_;
}

constexpr std::uint32_t most_parameters = 0x7FFF;  // pg_proc.pronargs

FunctionText text_of_function(const Row& r, const FunctionDetail& detail,
                              const std::string& identity) {
  FunctionText text;
  text.language = detail.language;
  text.standard = truth(r[5]);
  text.body = text_of(text.standard ? r[6] : r[1]);
  if (r[3]) text.names = array_elements(*r[3]);
  text.returns_set = truth(r[4]);
  text.trigger = detail.trigger;
  text.config = detail.config;
  text.parameters = given_parameters(identity, text.names, array_elements(text_of(r[7])));
  if (!r[3]) text.names.resize(std::min<std::uint32_t>(oid_of(r[2]), most_parameters));
  return text;
}

class CodeReader {
 public:
  CodeReader(Session& session, const QueryOfName& question, Cluster& cluster,
             ObjectBuilder& builder, ObjectId database)
      : session_(session),
        question_(question),
        cluster_(cluster),
        builder_(builder),
        database_(database) {}

  void read() {
    read_languages();
    read_servers();
    read_foreign_tables();
    read_mappings();
    read_extensions();
    read_event_triggers();
    read_inheritances();
    read_foreign_keys();
    read_unique_keys();
    read_subscriptions();
    read_operators();
    read_triggers();
    read_expressions();
    read_views();
    read_types();
    read_aggregates();
    CodeNames names(cluster_, database_);
    for (const auto& [oid, made] : operators_) names.add_operator(made);
    read_rules(names);
    read_functions(names);
    read_policies(names);
  }

 private:
  Rows ask(const std::string& name) { return session_.ask(question_(name), name); }
  template <typename Take>
  void each(const std::string& name, Take&& take) {
    each_item(session_, question_(name), name, take);
  }
  ObjectId object(ObjectKind kind, const Field& oid) const {
    return builder_.object_of_oid(kind, oid_of(oid), database_);
  }
  ObjectId table(const Field& oid) const { return object(ObjectKind::table, oid); }
  CodeUse call_of(ObjectId function) const { return {function, Privilege::execute, false}; }
  /// `kind` is f for a function, t for a type, r for a relation, m and n for a function and a type
  /// that may be used; none: it is not in the model.
  std::optional<CodeUse> use_of(const Field& kind, const Field& oid) const {
    if (letter(kind) == 'r') {
      auto relation = table(oid);
      if (relation == no_object) relation = object(ObjectKind::sequence, oid);
      if (relation == no_object) return std::nullopt;
      return CodeUse{relation, Privilege::select, false};
    }
    const bool type = letter(kind) == 't' || letter(kind) == 'n';
    const bool maybe = letter(kind) == 'm' || letter(kind) == 'n';
    const auto found = object(type ? ObjectKind::type : ObjectKind::function, oid);
    if (found == no_object) return std::nullopt;
    return CodeUse{found, type ? Privilege::usage : Privilege::execute, false, maybe};
  }

  /// One more of what the catalogs say that code uses: `kind` is that of use_of, or o for an
  /// operator.
  void add_use(Code& code, const Field& kind, const Field& oid) const {
    const auto made = letter(kind) == 'o' ? operators_.find(oid_of(oid)) : operators_.end();
    if (made != operators_.end()) {
      const auto& o = made->second;
      code.operators.push_back({o.schema, o.identity, o.owner, false});
    }
    if (letter(kind) == 'o') return;
    if (const auto use = use_of(kind, oid)) code.uses.push_back(*use);
  }

  std::string gone() const;
  std::string left_out(ObjectId object, const std::string& why);

  void read_languages();
  void read_servers();
  void read_foreign_tables();
  void read_mappings();
  void read_extensions();
  void read_event_triggers();
  void read_inheritances();
  void read_foreign_keys();
  void read_unique_keys();
  void read_subscriptions();
  void read_triggers();
  void read_expressions();
  void read_views();
  void read_types();
  void read_aggregates();
  void read_operators();
  void read_rules(const CodeNames& names);
  void read_functions(const CodeNames& names);
  void read_policies(const CodeNames& names);

  Session& session_;
  const QueryOfName& question_;
  Cluster& cluster_;
  ObjectBuilder& builder_;
  ObjectId database_;
  std::map<std::pair<ObjectId, std::string>, std::size_t> triggers_;  // into attachments
  std::map<ObjectId, Code> aggregates_;
  std::map<std::uint32_t, NamedOperator> operators_;  // by OID
};

/// NULL where there is something, which the question saw: it was dropped since.
std::string CodeReader::gone() const {
  std::string why = "it was dropped meanwhile";
  session_.ask_again_if_changed(why);
  return why;
}

std::string CodeReader::left_out(ObjectId object, const std::string& why) {
  if (object != no_object) remark_on_left_out(cluster_, object, why);
  return "it was not read: " + why;
}

void CodeReader::read_languages() {
  std::vector<std::uint32_t> trusted;
  for (const auto& r : ask("trusted_languages")) trusted.push_back(oid_of(r[0]));
  for (const auto id : objects_of(cluster_, ObjectKind::language)) {
    const auto& o = cluster_.object(id);
    if (o.database != database_) continue;
    const bool is = std::binary_search(trusted.begin(), trusted.end(), o.oid);
    builder_.detail(id, LanguageDetail{is});
  }
}

void CodeReader::read_servers() {
  for (const auto& r : ask("server_options")) {
    const auto server = object(ObjectKind::foreign_server, r[0]);
    if (server == no_object) continue;
    ForeignServerDetail detail{object(ObjectKind::foreign_data_wrapper, r[1]), {}};
    if (r[2]) detail.options = array_elements(*r[2]);
    builder_.detail(server, std::move(detail));
  }
}

void CodeReader::read_foreign_tables() {
  for (const auto& r : ask("foreign_tables")) {
    const ForeignTable foreign{table(r[0]), object(ObjectKind::foreign_server, r[1]), text_of(r[2]),
                               text_of(r[3])};
    if (foreign.table == no_object || foreign.server == no_object) continue;
    cluster_.foreign_tables.push_back(foreign);
  }
}

void CodeReader::read_mappings() {
  const auto table = session_.try_ask(question_("user_mappings"));
  for (const auto& r : table.rows ? *table.rows : ask("shown_user_mappings")) {
    UserMapping mapping;
    mapping.server = object(ObjectKind::foreign_server, r[0]);
    if (mapping.server == no_object) continue;
    mapping.role = oid_of(r[1]) == 0 ? public_role : builder_.role_of_oid(oid_of(r[1]));
    mapping.options_seen = truth(r[2]);
    if (mapping.options_seen) {
      mapping.user = text_of(r[3]);
      mapping.stored_password = truth(r[4]);
      mapping.password_required = !r[5] || parse_bool(*r[5]).value_or(true);
    }
    cluster_.user_mappings.push_back(std::move(mapping));
  }
}

void CodeReader::read_extensions() {
  for (const auto& r : ask("extensions")) {
    cluster_.extensions.push_back({database_, text_of(r[0]), text_of(r[1]),
                                   object(ObjectKind::schema, r[2]),
                                   builder_.role_of_oid(oid_of(r[3]))});
  }
}

void CodeReader::read_event_triggers() {
  for (const auto& r : ask("event_triggers")) {
    cluster_.event_triggers.push_back(
        {database_, text_of(r[0]), text_of(r[1]), builder_.role_of_oid(oid_of(r[2])),
         object(ObjectKind::function, r[3]), r[4] == "O" || r[4] == "A"});
  }
}

void CodeReader::read_inheritances() {
  for (const auto& r : ask("inheritances")) {
    const auto child = table(r[0]);
    const auto parent = table(r[1]);
    if (child == no_object || parent == no_object) continue;
    cluster_.inheritances.push_back({child, parent, truth(r[2])});
  }
}

void CodeReader::read_foreign_keys() {
  for (const auto& r : ask("foreign_keys")) {
    const auto child = table(r[0]);
    const auto parent = table(r[2]);
    if (child == no_object || parent == no_object) continue;
    ForeignKey key{child,
                   text_of(r[1]),
                   parent,
                   letter(r[3]),
                   letter(r[4]),
                   array_elements(text_of(r[5])),
                   array_elements(text_of(r[6])),
                   truth(r[7]),
                   truth(r[8])};
    for (const auto& [kind, oids] : {std::pair("f", r[9]), std::pair("m", r[10])}) {
      for (const auto& oid : array_elements(text_of(oids))) {
        add_use(key.code, Field(kind), Field(oid));
      }
    }
    cluster_.foreign_keys.push_back(std::move(key));
  }
}

void CodeReader::read_unique_keys() {
  for (const auto& r : ask("unique_keys")) {
    const auto id = table(r[0]);
    if (id == no_object) continue;
    cluster_.unique_keys.push_back(
        {id, array_elements(text_of(r[1])), array_elements(text_of(r[2]))});
  }
}

void CodeReader::read_subscriptions() {
  const auto all = session_.try_ask(question_("subscriptions"));
  const auto rows = all.rows ? *all.rows : ask("shown_subscriptions");
  if (!all.rows && !rows.empty()) {
    cluster_.remarks.push_back(
        {fmt::format("which tables the subscriptions write cannot be read by {}",
                     displayed(cluster_.reader)),
         fmt::format("GRANT SELECT (oid) ON pg_catalog.pg_subscription TO {}",
                     quote_identifier(cluster_.reader))});
  }
  for (const auto& r : rows) {
    Subscription subscription{database_,   text_of(r[0]), builder_.role_of_oid(oid_of(r[1])),
                              truth(r[2]), truth(r[3]),   truth(r[4]),
                              {}};
    for (const auto& oid : array_elements(text_of(r[5]))) {
      const auto written = table(Field(oid));
      if (written != no_object) subscription.tables.push_back(written);
    }
    cluster_.subscriptions.push_back(std::move(subscription));
  }
}

void CodeReader::read_triggers() {
  for (const auto& r : ask("triggers")) {
    Attachment trigger;
    trigger.kind = Attachment::Kind::trigger;
    trigger.relation = table(r[0]);
    if (trigger.relation == no_object) continue;
    trigger.name = text_of(r[1]);
    trigger.on = events_of(oid_of(r[3]));
    trigger.enabled = truth(r[4]);
    trigger.code.uses = {call_of(object(ObjectKind::function, r[2]))};
    triggers_.emplace(std::pair(trigger.relation, trigger.name), cluster_.attachments.size());
    cluster_.attachments.push_back(std::move(trigger));
  }
}

/// What sets off an expression that the question calls so.
std::pair<Attachment::Kind, PrivilegeSet> attached_as(std::string_view kind) {
  const auto writes = PrivilegeSet(Privilege::insert) | Privilege::update;
  const auto planned = PrivilegeSet(Privilege::select) | Privilege::update | Privilege::delete_;
  if (kind == "type") return {Attachment::Kind::expression, writes | planned | Privilege::maintain};
  if (kind == "index") return {Attachment::Kind::index, writes | planned};
  if (kind == "partition") return {Attachment::Kind::expression, writes | planned};
  if (kind == "statistics") return {Attachment::Kind::index, planned};
  return {Attachment::Kind::expression, writes};
}

/// Each function that one of them calls is a row of its own.
void CodeReader::read_expressions() {
  std::map<std::tuple<ObjectId, std::string, std::string>, std::size_t> known;
  for (const auto& r : ask("expressions")) {
    const auto relation = table(r[0]);
    Code code;
    add_use(code, r[4], r[3]);
    if (relation == no_object || (code.uses.empty() && code.operators.empty())) continue;
    const auto kind = text_of(r[1]);
    auto at = cluster_.attachments.size();
    if (kind == "trigger") {
      const auto trigger = triggers_.find({relation, text_of(r[2])});
      if (trigger == triggers_.end()) continue;
      at = trigger->second;
    } else {
      at = known.emplace(std::tuple(relation, kind, text_of(r[2])), at).first->second;
    }
    if (at == cluster_.attachments.size()) {
      Attachment attachment;
      const auto [attached, on] = attached_as(kind);
      attachment.kind = attached;
      attachment.relation = relation;
      attachment.name = text_of(r[2]);
      attachment.on = on;
      cluster_.attachments.push_back(std::move(attachment));
    }
    add_use(cluster_.attachments[at].code, r[4], r[3]);
  }
}

/// 1 << CmdType of each command (nodes.h).
PrivilegeSet passed_on(std::int32_t bits) {
  PrivilegeSet result;
  if ((bits & 4) != 0) result |= Privilege::update;
  if ((bits & 8) != 0) result |= Privilege::insert;
  if ((bits & 16) != 0) result |= Privilege::delete_;
  return result;
}

void CodeReader::read_views() {
  std::map<ObjectId, PrivilegeSet> writable;
  each("writable_views", [&](const Row& r, const std::string& why) {
    if (why.empty()) {
      writable.emplace(table(r[0]), passed_on(number_of<std::int32_t>(r[1])));
    } else {
      left_out(table(r[0]), why);
    }
  });
  for (const auto& r : ask("view_uses")) {
    const auto view = table(r[0]);
    if (view == no_object) continue;
    auto& bodies = cluster_.bodies;
    if (bodies.empty() || bodies.back().of != view) {
      bodies.push_back({view, {}, std::nullopt});
      const auto known = writable.find(view);
      if (known != writable.end()) bodies.back().writable = known->second;
    }
    auto& uses = bodies.back().code.uses;
    if (letter(r[1]) == 'o') {
      add_use(bodies.back().code, r[1], r[2]);
      continue;
    }
    auto use = use_of(r[1], r[2]);
    if (!use) continue;
    if (r[3]) use->columns = {text_of(r[3])};
    if (uses.empty() || uses.back().object != use->object) {
      uses.push_back(std::move(*use));
    } else if (r[3] && !uses.back().columns.empty()) {
      uses.back().columns.push_back(text_of(r[3]));
    }
  }
}

/// A domain is read as one even where it checks nothing: its owner may add a check.
void CodeReader::read_types() {
  for (const auto& r : ask("type_code")) {
    const auto type = object(ObjectKind::type, r[0]);
    if (type == no_object) continue;
    auto& bodies = cluster_.bodies;
    if (bodies.empty() || bodies.back().of != type) bodies.push_back({type, {}, std::nullopt});
    if (r[1]) add_use(bodies.back().code, r[1], r[2]);
  }
}

void CodeReader::read_aggregates() {
  for (const auto& r : ask("aggregates")) {
    const auto aggregate = object(ObjectKind::function, r[0]);
    if (aggregate == no_object) continue;
    Code code;
    for (const auto& oid : array_elements(text_of(r[1]))) {
      const auto function = object(ObjectKind::function, Field(oid));
      if (function != no_object) code.uses.push_back(call_of(function));
    }
    aggregates_.emplace(aggregate, std::move(code));
  }
}

void CodeReader::read_operators() {
  for (const auto& r : ask("operators")) {
    const auto schema = object(ObjectKind::schema, r[0]);
    if (schema == no_object) continue;  // a temporary schema
    const auto owner = truth(r[5]) ? no_role : builder_.role_of_oid(oid_of(r[3]));
    operators_.emplace(oid_of(r[6]), NamedOperator{schema, text_of(r[1]), text_of(r[4]), owner,
                                                   object(ObjectKind::function, r[2])});
  }
}

void CodeReader::read_rules(const CodeNames& names) {
  each("rewrite_rules", [&](const Row& r, std::string why) {
    Attachment rule;
    rule.kind = Attachment::Kind::rule;
    rule.relation = table(r[1]);
    if (rule.relation == no_object) return;
    rule.name = text_of(r[2]);
    rule.on = event_of_rule(r[3]);
    rule.enabled = truth(r[4]);
    if (why.empty() && !r[5]) why = gone();
    if (why.empty()) {
      rule.code = code_of_rule(text_of(r[5]), names);
    } else {
      rule.code.unknown = left_out(rule.relation, why);
    }
    cluster_.attachments.push_back(std::move(rule));
  });
}

/// Many functions have the same text: it is followed once.
void CodeReader::read_functions(const CodeNames& names) {
  const auto path = path_of_database(cluster_, database_);
  std::map<std::string, Code> known;
  std::map<ObjectId, Code> codes;
  each("bodies", [&](const Row& r, std::string why) {
    const auto id = object(ObjectKind::function, r[0]);
    if (id == no_object) return;
    const auto& detail = cluster_.function(cluster_.object(id));
    if (why.empty() && truth(r[5]) && !r[6]) why = gone();
    if (!why.empty() && truth(r[5])) {
      codes[id].unknown = left_out(id, why);
      return;
    }
    const auto& identity = cluster_.object(id).identity;
    auto key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", detail.language, detail.trigger,
                           text_of(r[2]), text_of(r[4]), text_of(r[3]), text_of(r[7]),
                           identity.substr(std::min(identity.find('('), identity.size())),
                           fmt::join(detail.config, "\n"));
    key += '\n' + text_of(truth(r[5]) ? r[6] : r[1]);
    const auto [at, is_new] = known.try_emplace(std::move(key));
    if (is_new)
      at->second =
          code_of_function(text_of_function(r, detail, cluster_.object(id).identity), names, path);
    auto& code = codes.emplace(id, at->second).first->second;
    for (const auto& oid : array_elements(text_of(r[8]))) {
      if (const auto use = use_of(Field("t"), Field(oid))) code.uses.push_back(*use);
    }
  });
  for (const auto id : objects_of(cluster_, ObjectKind::function)) {
    const auto& o = cluster_.object(id);
    const bool a_users =
        o.database == database_ && !o.system && !o.extension && o.oid >= first_oid_of_users;
    if (!a_users) continue;
    const auto aggregate = aggregates_.find(id);
    if (aggregate != aggregates_.end()) {
      cluster_.bodies.push_back({id, aggregate->second, std::nullopt});
      continue;
    }
    const auto found = codes.find(id);
    const FunctionText text{cluster_.function(o).language, "", false, {}, false, false, {}};
    cluster_.bodies.push_back(
        {id, found != codes.end() ? found->second : code_of_function(text, names, path),
         std::nullopt});
  }
}

void CodeReader::read_policies(const CodeNames& names) {
  using Text = std::optional<std::string>;
  std::map<std::pair<Text, Text>, const RowPolicy*> known;
  for (auto& policy : cluster_.row_policies) {
    if (cluster_.object(policy.table).database != database_) continue;
    if (!policy.code.unknown.empty()) continue;  // it was not told
    const auto [at, is_new] =
        known.try_emplace(std::pair(policy.using_expression, policy.check_expression), &policy);
    if (is_new) {
      read_policy_code(policy, names, path_of_catalogs());
    } else {
      policy.code = at->second->code;
      policy.using_always_true = at->second->using_always_true;
      policy.check_always_true = at->second->check_always_true;
    }
  }
}

}  // namespace

void remark_on_left_out(Cluster& cluster, ObjectId object, const std::string& why) {
  const auto& o = cluster.object(object);
  const auto* const remedy = "read it again";
  auto said = fmt::format("code of {} {} was not read: {}", info(o.kind).name,
                          displayed(o.identity), displayed(why));
  const bool known = std::any_of(cluster.remarks.begin(), cluster.remarks.end(),
                                 [&](const Remark& r) { return r.why == said; });
  if (!known) cluster.remarks.push_back({std::move(said), remedy});
}

void read_trusted_extensions(Session& session, const QueryOfName& question, Cluster& cluster) {
  if (cluster.major() < 13) return;
  for (const auto& r : session.ask(question("trusted_extensions"), "trusted_extensions")) {
    cluster.trusted_extensions.push_back(text_of(r[0]));
  }
}

void read_code(Session& session, const QueryOfName& question, Cluster& cluster,
               ObjectBuilder& builder, ObjectId database) {
  CodeReader(session, question, cluster, builder, database).read();
  sort_code(cluster);
}

}  // namespace pgleast
