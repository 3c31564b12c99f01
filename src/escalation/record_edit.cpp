// ESC-HBA-EDIT: who writes the server's files writes pg_hba.conf, and logs in as a superuser once
// it is read again (hba.c, load_hba). Whoever may call pg_reload_conf needs nobody for that.
//
//   COPY (SELECT 'local all all trust') TO '.../pg_hba.conf';       pg_write_server_files

#include <fmt/format.h>

#include "escalation/edge.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/objects_of.hpp"

namespace pgleast {
namespace {

RoleId superuser_that_logs_in(const Context& context) {
  const auto& roles = context.cluster().roles;
  const auto bootstrap = bootstrap_superuser(context.cluster());
  if (bootstrap != no_role && context.cluster().role(bootstrap).login) {
    return bootstrap;
  }
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    if (roles[i].superuser && roles[i].login) return RoleId{i};
  }
  return no_role;
}

ObjectId reloading(const Cluster& cluster) {
  for (const auto id : objects_of(cluster, ObjectKind::function)) {
    const auto& o = cluster.object(id);
    if (o.system && o.name == "pg_reload_conf") return id;
  }
  return no_object;
}

std::vector<Offer> writers(const Context& context) {
  std::vector<Offer> found;
  find_write_files(context, found);
  find_file_functions(context, found);
  std::erase_if(found, [](const Offer& o) { return o.to.power != Power::write_files; });
  return found;
}

}  // namespace

void find_record_edit(const Context& context, std::vector<Offer>& offers) {
  const auto goal = superuser_that_logs_in(context);
  if (goal == no_role) return;
  const auto reload = reloading(context.cluster());
  for (auto offer : writers(context)) {
    offer.to = {goal, std::nullopt};
    offer.becomes = Mode::login;
    if (reload != no_object) {
      auto alone = offer;
      alone.all.push_back({reload, Privilege::execute});
      alone.item = 1;
      offers.push_back(std::move(alone));
    }
    offer.needs_victim = true;
    offers.push_back(std::move(offer));
  }
}

void describe_record_edit(const Context& context, const Offer& offer, Step& step) {
  const auto by =
      offer.objects.empty() ? context.shown(offer.holder) : context.shown(offer.objects);
  step.how = fmt::format("{} writes pg_hba.conf by {} and logs in as {} once it is read again",
                         context.shown(step.from), by, context.shown(offer.to.role));
  if (offer.objects.empty()) {
    step.statements = {
        "COPY (SELECT 'local all all trust') TO '/path/of/the/data/directory/pg_hba.conf';"};
    const bool members = offer.holding == Holding::members;
    step.cut = context.leave_group(step.from, offer.holder,
                                   members ? Closure::members : Closure::inherits);
  } else {
    step.cut = context.revoked(offer, step.from, Privilege::execute);
  }
  if (offer.item == 1) {
    step.how += ", which it makes the server do";
    step.statements.emplace_back("SELECT pg_catalog.pg_reload_conf();");
  }
}

}  // namespace pgleast
