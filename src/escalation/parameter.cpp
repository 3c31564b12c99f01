// ESC-PARAM: a parameter whose value becomes a program, a library or who may do what, granted
// (manual, GRANT ... ON PARAMETER; 15 and newer).
//
//   GRANT ALTER SYSTEM ON PARAMETER archive_command TO app;
//
// What the server was started with outweighs postgresql.auto.conf (guc.c, set_config_option).

#include <fmt/format.h>

#include <array>

#include "escalation/edge.hpp"
#include "model/objects_of.hpp"

namespace pgleast {
namespace {

struct Dangerous {
  std::string_view name;
  Privilege privilege;
  Power power;
  bool certain;  // false: it takes a file of one's own on the server, too
  std::string_view does;
};

constexpr std::string_view runs = "runs its value as a program";
constexpr std::string_view runs_in_recovery =
    "runs its value as a program on a standby and in recovery, and whether it is one cannot be "
    "told from here";
constexpr std::string_view runs_for_key =
    "runs its value as a program if the key has a passphrase, which cannot be told from here";
constexpr std::string_view loads =
    "loads libraries, and whether one of its own lies on the server "
    "cannot be told from here";
constexpr std::string_view scripts =
    "says where trusted extensions lie, and whether one of its own does so on the server cannot "
    "be told from here";
constexpr std::string_view decides_logins =
    "says which file decides who logs in, and whether one "
    "of its own lies on the server cannot be told from here";
constexpr std::string_view runs_for_hosts =
    "says which file names programs for the keys of hosts, and whether one of its own lies on the "
    "server cannot be told from here";
constexpr std::string_view loads_plugins =
    "lists libraries for roles with REPLICATION to load, and whether one of its own lies on the "
    "server cannot be told from here";
constexpr std::string_view decides_names = "says where whoever logs in looks names up";
constexpr std::string_view opens = "takes the access rights of large objects away";

constexpr auto altered = Privilege::alter_system;
constexpr auto set_here = Privilege::set;

constexpr std::array<Dangerous, 23> dangerous{{
    {"archive_cleanup_command", altered, Power::operating_system, false, runs_in_recovery},
    {"archive_command", altered, Power::operating_system, true, runs},
    {"archive_library", altered, Power::operating_system, false, loads},
    {"dynamic_library_path", altered, Power::operating_system, false, loads},
    {"extension_control_path", altered, Power::superuser, false, scripts},
    {"extension_control_path", set_here, Power::superuser, false, scripts},
    {"hba_file", altered, Power::superuser, false, decides_logins},
    {"hosts_file", altered, Power::operating_system, false, runs_for_hosts},
    {"ident_file", altered, Power::superuser, false, decides_logins},
    {"jit_provider", altered, Power::operating_system, false, loads},
    {"lo_compat_privileges", altered, Power::large_objects, true, opens},
    {"lo_compat_privileges", set_here, Power::large_objects, true, opens},
    {"local_preload_libraries", altered, Power::operating_system, false, loads},
    {"oauth_validator_libraries", altered, Power::operating_system, false, loads},
    {"output_plugin_libraries", altered, Power::operating_system, false, loads_plugins},
    {"output_plugin_libraries", set_here, Power::operating_system, false, loads_plugins},
    {"recovery_end_command", altered, Power::operating_system, false, runs_in_recovery},
    {"restore_command", altered, Power::operating_system, false, runs_in_recovery},
    {"search_path", altered, Power::superuser, true, decides_names},
    {"session_preload_libraries", altered, Power::operating_system, false, loads},
    {"session_preload_libraries", set_here, Power::operating_system, false, loads},
    {"shared_preload_libraries", altered, Power::operating_system, false, loads},
    {"ssl_passphrase_command", altered, Power::operating_system, false, runs_for_key},
}};

// Whether what ALTER SYSTEM writes comes to be in force.
bool is_read(const Cluster& cluster, std::string_view name) {
  const auto* const allowed = cluster.find_setting("allow_alter_system");
  if (allowed != nullptr && allowed->value == "off") return false;
  const auto* const setting = cluster.find_setting(name);
  return setting == nullptr || setting->source != "command line";
}

// A program for archiving is run where archiving is on, or whoever sets it switches that on.
bool needs_archiving(const Cluster& cluster, const Dangerous& what, Offer& offer) {
  if (!what.name.starts_with("archive_") || what.name == "archive_cleanup_command") return true;
  const auto* const mode = cluster.find_setting("archive_mode");
  if (mode == nullptr || mode->value != "off") return true;
  const auto parameter = shared_object_named(cluster, ObjectKind::parameter, "archive_mode");
  if (parameter == no_object || mode->source == "command line") return false;
  offer.all = {{parameter, Privilege::alter_system}};
  return true;
}

}  // namespace

void find_parameter(const Context& context, std::vector<Offer>& offers) {
  for (const auto id : objects_of(context.cluster(), ObjectKind::parameter)) {
    const auto& object = context.cluster().object(id);
    for (std::size_t d = 0; d < dangerous.size(); ++d) {
      if (dangerous[d].name != object.name) continue;
      const bool alters = dangerous[d].privilege == altered;
      if (alters && !is_read(context.cluster(), object.name)) continue;
      Offer offer;
      offer.to.power = dangerous[d].power;
      offer.objects = {id};
      offer.item = d;
      offer.certain = dangerous[d].certain;
      // Somebody else must make the server read it.
      offer.needs_victim = alters;
      if (!needs_archiving(context.cluster(), dangerous[d], offer)) continue;
      context.offer_to_holders(id, dangerous[d].privilege, offer, offers);
    }
  }
}

void describe_parameter(const Context& context, const Offer& offer, Step& step) {
  const auto& what = dangerous[offer.item];
  step.how = fmt::format("{} may {} {}, which {}", context.shown(step.from),
                         what.privilege == Privilege::set ? "SET" : "ALTER SYSTEM SET", what.name,
                         what.does);
  const auto value = what.power == Power::large_objects ? "on" : "'mine'";
  step.statements = {fmt::format("{} {} = {};",
                                 what.privilege == Privilege::set ? "SET" : "ALTER SYSTEM SET",
                                 what.name, value)};
  step.cut = context.revoked(offer, step.from, what.privilege);
}

}  // namespace pgleast
