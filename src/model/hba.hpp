#pragma once
// pg_hba.conf as the server reads it: records in order; the first that matches a
// connection decides. Manual section 20.1; hba.c.
//
//   hostssl  app,"odd db"  +staff  10.0.0.0/8  scram-sha-256  clientcert=verify-ca

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/inet.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {

enum class ConnectionType : std::uint8_t {
  local,
  host,
  hostssl,
  hostnossl,
  hostgssenc,
  hostnogssenc
};

/// One name of a list. Quoted, a keyword (`all`, `replication`, `+group`) is a plain name.
struct HbaName {
  std::string text;  // without quotes; `+` kept
  bool quoted = false;
  bool is(std::string_view keyword) const { return !quoted && text == keyword; }
  bool operator==(const HbaName&) const = default;
};

enum class AddressKind : std::uint8_t {
  none,  // local
  all,
  samehost,
  samenet,
  ip,
  host_name,  // also `.suffix`
};

/// An address field: 4 or 16 bytes in network order with a mask of as many.
struct HbaAddress {
  AddressKind kind = AddressKind::none;
  InetBytes address;  // ip only
  InetBytes mask;     // ip only; need not be contiguous
  std::string host;   // host_name only
  bool operator==(const HbaAddress&) const = default;
};

/// Where in ConfigFile `file` a field stands, as byte offsets of the original text.
/// INVARIANT: all of 0 where the record came from pg_hba_file_rules.
struct HbaPlace {
  std::string file;
  std::uint32_t line = 0;                      // first physical line
  Span whole;                                  // from the first field to the end of the last
  Span type, database, user, address, method;  // address covers a separate mask too
  Span options;                                // empty without options
  /// Who adds the record, where no line of the file is its text: "default of CloudNativePG".
  std::string added_by;
  bool operator==(const HbaPlace&) const = default;
};

struct HbaRecord {
  ConnectionType type = ConnectionType::local;
  std::vector<HbaName> databases;
  std::vector<HbaName> users;
  HbaAddress address;
  std::string method;  // as the server takes it: `ident` on local is `peer`
  std::vector<std::pair<std::string, std::string>>
      options;  // name, value, as the server shows them
  std::vector<std::pair<std::string, std::string>>
      unshown;  // in force, not in its view: clientname
  HbaPlace at;
  std::string warning;    // loaded, but the server shows an error text (hostssl with ssl = off)
  std::uint32_t row = 0;  // place among the rows of pg_hba_file_rules, problems included, from 0
  bool operator==(const HbaRecord&) const = default;
};

/// A line that the server refuses. One is enough to keep the whole file from loading.
struct HbaProblem {
  std::string file;
  std::uint32_t line = 0;
  Diagnostic diagnostic;
  bool silent = false;    // the server refuses it without a text in pg_hba_file_rules
  std::uint32_t row = 0;  // as HbaRecord::row
  bool operator==(const HbaProblem&) const = default;
};

struct HbaFile {
  std::vector<HbaRecord> records;    // in the order in which the server tries them
  std::vector<HbaProblem> problems;  // in the order in which the server lists them
  bool loads() const { return problems.empty() && !records.empty(); }
  bool operator==(const HbaFile&) const = default;
};

/// The records came from pg_hba_file_rules: which names were quoted is not known.
bool from_the_view(const HbaFile& hba);
/// The same records in the same order, wherever they stand; as far as the view shows them.
bool same_records(const HbaFile& a, const HbaFile& b);

std::string_view to_string(ConnectionType type);
/// Not `reject`.
bool admits(const HbaRecord& record);
/// Whether both end a connection in the same way: refused, or by method and options.
bool same_outcome(const HbaRecord& a, const HbaRecord& b);
/// Options whose values are never shown.
bool is_secret_option(std::string_view name);
/// "192.168.1.0/24", "10.0.0.0/255.0.255.0", "samenet", "all", ".example.org"; empty for local.
std::string to_string(const HbaAddress& address);
/// "hostssl app,"odd db" +staff 10.0.0.0/8 scram-sha-256": one line, quoted where it must be,
/// secrets among the options left out.
std::string to_string(const HbaRecord& record);

}  // namespace pgleast
