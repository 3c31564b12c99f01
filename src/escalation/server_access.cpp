// ESC-EXECPROG, ESC-WRITEFILE, ESC-READFILE: the predefined roles that act as the server's
// operating-system user (manual section 21.5; copy.c, DoCopy).
//
//   GRANT pg_execute_server_program TO app;      COPY t FROM PROGRAM 'id'

#include "escalation/group_power.hpp"

namespace pgleast {
namespace {

// Before 15 what these roles can do is any member's.
Holding holding_of(const Context& context) {
  return context.cluster().major() < 15 ? Holding::members : Holding::inherits;
}

}  // namespace

void find_programs(const Context& context, std::vector<Offer>& offers) {
  offer_group(context, "pg_execute_server_program", holding_of(context), Power::operating_system,
              offers);
}

void describe_programs(const Context& context, const Offer& offer, Step& step) {
  describe_group(context, offer, "runs programs as the server's operating-system user", step);
  step.statements = {"CREATE TEMPORARY TABLE said (line text);",
                     "COPY pg_temp.said FROM PROGRAM 'id';"};
}

void find_write_files(const Context& context, std::vector<Offer>& offers) {
  offer_group(context, "pg_write_server_files", holding_of(context), Power::write_files, offers);
}

void describe_write_files(const Context& context, const Offer& offer, Step& step) {
  describe_group(context, offer,
                 "writes any file of the server's operating-system user, pg_hba.conf among them",
                 step);
  step.statements = {
      "COPY (SELECT 'local all all trust') TO '/path/of/the/data/directory/pg_hba.conf';"};
}

void find_read_files(const Context& context, std::vector<Offer>& offers) {
  offer_group(context, "pg_read_server_files", holding_of(context), Power::read_files, offers);
}

void describe_read_files(const Context& context, const Offer& offer, Step& step) {
  describe_group(context, offer,
                 "reads any file of the server's operating-system user, its keys among them", step);
  step.statements = {"CREATE TEMPORARY TABLE said (line text);",
                     "COPY pg_temp.said FROM '/etc/passwd';"};
}

}  // namespace pgleast
