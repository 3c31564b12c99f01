#pragma once
// What a function of the server itself may do when a statement calls it:
//
//   lower('A')                                    nothing that is known here
//   set_config('role', 'boss', false)             who runs what follows
//   query_to_xml('SELECT f()', true, true, '')    whatever the text does

#include <cstdint>
#include <string_view>

namespace pgleast {

enum class ServerFunction : std::uint8_t {
  harmless,
  sets,          // set_config
  runs_text,     // its first argument; of ts_rewrite the second
  reads_tables,  // that it is told, with what runs when they are read or maintained
  makes_objects,
  reloads,  // pg_reload_conf
  runs_anything,
  unknown,  // no function of the server is called that way
};

/// By its name in pg_catalog. Those of extensions of PostgreSQL itself that run a text are known,
/// too.
ServerFunction server_function(std::string_view name);

}  // namespace pgleast
