// ESC-FILEFUNC: functions that read or write the server's files, granted to somebody. They are
// the superuser's alone until then (system_functions.sql, system_views.sql). A SECURITY DEFINER
// function that hands a parameter on to one of them is the same to its callers.
//
//   GRANT EXECUTE ON FUNCTION pg_read_file(text) TO app;
//   GRANT EXECUTE ON FUNCTION pg_get_wal_block_info TO app;      pg_walinspect, from 16 on
//   CREATE FUNCTION log(name text) ... SECURITY DEFINER AS 'SELECT pg_read_file(name)'

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "escalation/code_flow.hpp"

namespace pgleast {
namespace {

struct FileFunction {
  std::string_view name;
  Power gives;
};

constexpr std::array<FileFunction, 6> file_functions{{
    {"lo_export", Power::write_files},
    {"lo_import", Power::read_files},
    {"pg_file_write", Power::write_files},
    {"pg_get_wal_block_info", Power::changes},
    {"pg_read_binary_file", Power::read_files},
    {"pg_read_file", Power::read_files},
}};

const FileFunction* file_function(const Object& object) {
  if (object.kind != ObjectKind::function || !(object.system || object.extension)) return nullptr;
  const auto* const found = std::find_if(file_functions.begin(), file_functions.end(),
                                         [&](const auto& f) { return f.name == object.name; });
  return found == file_functions.end() ? nullptr : found;
}

// One that hands on what it is given to one of these.
bool hands_on(const Context& context, const CodeFlow& flow, ObjectId id, Given::To to) {
  const auto& f = context.cluster().object(id);
  if (f.kind != ObjectKind::function || !context.cluster().function(f).security_definer) {
    return false;
  }
  const auto given = flow.given(id);
  return context.cluster().role(f.owner).superuser &&
         std::any_of(given.begin(), given.end(), [&](const auto& g) { return g.first == to; });
}

}  // namespace

void find_file_functions(const Context& context, std::vector<Offer>& offers) {
  const auto& flow = context.flow();
  for (std::uint32_t i = 0; i < context.cluster().objects.size(); ++i) {
    for (const bool writes : {false, true}) {
      const auto to = writes ? Given::To::write_file : Given::To::read_file;
      if (!hands_on(context, flow, ObjectId{i}, to)) continue;
      Offer offer;
      offer.to.power = writes ? Power::write_files : Power::read_files;
      offer.objects = {ObjectId{i}};
      offer.all = {{context.cluster().object(ObjectId{i}).schema, Privilege::usage}};
      context.offer_to_holders(ObjectId{i}, Privilege::execute, offer, offers);
    }
  }
  for (std::uint32_t i = 0; i < context.cluster().objects.size(); ++i) {
    const auto& object = context.cluster().objects[i];
    const auto* const function = file_function(object);
    if (function == nullptr) continue;
    Offer offer;
    offer.to.power = function->gives;
    offer.objects = {ObjectId{i}};
    offer.all = {{object.schema, Privilege::usage}};
    // Its extension grants it to those who read all files anyhow.
    const auto but = function->gives == Power::changes
                         ? context.cluster().find_role("pg_read_server_files").value_or(no_role)
                         : no_role;
    context.offer_to_holders(ObjectId{i}, Privilege::execute, offer, offers, but);
  }
}

void describe_file_functions(const Context& context, const Offer& offer, Step& step) {
  const auto power = offer.to.power.value_or(Power::read_files);
  const auto* const does = power == Power::changes       ? "reads what is written to any table"
                           : power == Power::write_files ? "writes the server's files"
                                                         : "reads the server's files";
  step.how = fmt::format("{} may call {}, which {}", context.shown(step.from),
                         context.shown(offer.objects), does);
  const auto& function = context.cluster().object(offer.objects.front());
  const auto& name = function.name;
  if (name == "pg_read_file" || name == "pg_read_binary_file") {
    step.statements = {fmt::format("SELECT pg_catalog.{}('postgresql.auto.conf');", name)};
  } else if (power == Power::changes) {
    step.statements = {
        fmt::format("SELECT block_data FROM {}.{}(pg_catalog.pg_current_wal_lsn() - 8192, "
                    "pg_catalog.pg_current_wal_lsn());",
                    context.sql(function.schema), name)};
  }
  step.cut = context.revoked(offer, step.from, Privilege::execute);
}

}  // namespace pgleast
