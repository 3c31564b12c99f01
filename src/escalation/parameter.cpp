// ESC-PARAM: a parameter whose value becomes a program, a library or who may do what, granted
// (manual, GRANT ... ON PARAMETER; 15 and newer).
//
//   GRANT ALTER SYSTEM ON PARAMETER archive_command TO app;

#include <fmt/format.h>

#include <array>

#include "escalation/edge.hpp"

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
constexpr std::string_view loads =
    "loads libraries, and whether one of its own lies on the server "
    "cannot be told from here";
constexpr std::string_view decides_logins =
    "says which file decides who logs in, and whether one "
    "of its own lies on the server cannot be told from here";

constexpr std::array<Dangerous, 15> dangerous{{
    {"archive_cleanup_command", Privilege::alter_system, Power::operating_system, true, runs},
    {"archive_command", Privilege::alter_system, Power::operating_system, true, runs},
    {"dynamic_library_path", Privilege::alter_system, Power::operating_system, false, loads},
    {"hba_file", Privilege::alter_system, Power::superuser, false, decides_logins},
    {"ident_file", Privilege::alter_system, Power::superuser, false, decides_logins},
    {"lo_compat_privileges", Privilege::alter_system, Power::large_objects, true,
     "takes the access rights of large objects away"},
    {"lo_compat_privileges", Privilege::set, Power::large_objects, true,
     "takes the access rights of large objects away"},
    {"local_preload_libraries", Privilege::alter_system, Power::operating_system, false, loads},
    {"recovery_end_command", Privilege::alter_system, Power::operating_system, true, runs},
    {"restore_command", Privilege::alter_system, Power::operating_system, true, runs},
    {"session_preload_libraries", Privilege::alter_system, Power::operating_system, false, loads},
    {"session_preload_libraries", Privilege::set, Power::operating_system, false, loads},
    {"shared_preload_libraries", Privilege::alter_system, Power::operating_system, false, loads},
    {"ssl_passphrase_command", Privilege::alter_system, Power::operating_system, true, runs},
    {"archive_library", Privilege::alter_system, Power::operating_system, false, loads},
}};

}  // namespace

void find_parameter(const World& world, std::vector<Offer>& offers) {
  for (std::uint32_t i = 0; i < world.cluster().objects.size(); ++i) {
    const auto& object = world.cluster().objects[i];
    if (object.kind != ObjectKind::parameter) continue;
    for (std::size_t d = 0; d < dangerous.size(); ++d) {
      if (dangerous[d].name != object.name) continue;
      Offer offer;
      offer.to.power = dangerous[d].power;
      offer.objects = {ObjectId{i}};
      offer.item = d;
      offer.certain = dangerous[d].certain;
      // Somebody else must make the server read it.
      offer.needs_victim = dangerous[d].privilege == Privilege::alter_system;
      world.offer_to_holders(ObjectId{i}, dangerous[d].privilege, offer, offers);
    }
  }
}

void tell_parameter(const World& world, const Offer& offer, Step& step) {
  const auto& what = dangerous[offer.item];
  step.how = fmt::format("{} may {} {}, which {}", world.shown(step.from),
                         what.privilege == Privilege::set ? "SET" : "ALTER SYSTEM SET", what.name,
                         what.does);
  const auto value = what.power == Power::large_objects ? "on" : "'...'";
  step.statements = {fmt::format("{} {} = {};",
                                 what.privilege == Privilege::set ? "SET" : "ALTER SYSTEM SET",
                                 what.name, value)};
  step.cut = world.revoked(offer, step.from, what.privilege);
}

}  // namespace pgleast
