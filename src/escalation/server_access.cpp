// ESC-EXECPROG, ESC-WRITEFILE, ESC-READFILE: the predefined roles that act as the server's
// operating-system user (manual section 21.5; copy.c, DoCopy).
//
//   GRANT pg_execute_server_program TO app;      COPY t FROM PROGRAM 'id'

#include <fmt/format.h>

#include "escalation/edge.hpp"
#include "pg/predefined_role.hpp"

namespace pgleast {
namespace {

void offer_server_access(const World& world, std::string_view name, Power power,
                         std::vector<Offer>& offers) {
  const auto role = world.cluster().find_role(name);
  if (!role) return;
  Offer offer;
  offer.holder = *role;
  offer.holding = world.cluster().major() < 15 ? Holding::members : Holding::inherits;
  offer.to.power = power;
  offers.push_back(std::move(offer));
}

void tell_server_access(const World& world, const Offer& offer, std::string_view power,
                        Step& step) {
  step.how = fmt::format("{} {}", world.shown(step.from), power);
  if (step.from == offer.holder) return;
  step.how += fmt::format(" ({})", world.shown(offer.holder));
  step.cut = world.left(step.from, offer.holder,
                        offer.holding == Holding::members ? Closure::members : Closure::inherits);
}

}  // namespace

void find_programs(const World& world, std::vector<Offer>& offers) {
  offer_server_access(world, "pg_execute_server_program", Power::operating_system, offers);
}

void tell_programs(const World& world, const Offer& offer, Step& step) {
  tell_server_access(world, offer, "runs programs as the server's operating-system user", step);
  step.statements = {"CREATE TEMPORARY TABLE said (line text);",
                     "COPY pg_temp.said FROM PROGRAM 'id';"};
}

void find_write_files(const World& world, std::vector<Offer>& offers) {
  offer_server_access(world, "pg_write_server_files", Power::write_files, offers);
}

void tell_write_files(const World& world, const Offer& offer, Step& step) {
  tell_server_access(
      world, offer, "writes any file of the server's operating-system user, pg_hba.conf among them",
      step);
  step.statements = {
      "COPY (SELECT 'local all all trust') TO '/path/of/the/data/directory/pg_hba.conf';"};
}

void find_read_files(const World& world, std::vector<Offer>& offers) {
  offer_server_access(world, "pg_read_server_files", Power::read_files, offers);
}

void tell_read_files(const World& world, const Offer& offer, Step& step) {
  tell_server_access(world, offer,
                     "reads any file of the server's operating-system user, its keys among them",
                     step);
  step.statements = {"CREATE TEMPORARY TABLE said (line text);",
                     "COPY pg_temp.said FROM '/etc/passwd';"};
}

}  // namespace pgleast
