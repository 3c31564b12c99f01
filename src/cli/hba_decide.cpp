// pgleast hba decide: which record of pg_hba.conf decides for one connection.

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "connections/wanted_connection.hpp"
#include "net/inet.hpp"
#include "report/decision_report.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct DecideOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string user, database, address;
  bool local = false;
  bool ssl = false;
  bool gss = false;
  bool replication = false;
  std::optional<std::string> host_name;
};

// A client on a socket for both families comes as ::ffff:10.0.0.1, but PostgreSQL listens for
// each alone.
std::vector<std::uint8_t> address_bytes(const std::string& text) {
  // fe80::1%eth0: the server logs the zone and compares without it.
  const auto zone = text.find(':') == std::string::npos ? std::string::npos : text.find('%');
  if (zone != std::string::npos && zone + 1 < text.size()) {
    return address_bytes(text.substr(0, zone));
  }
  std::vector<std::uint8_t> bytes(4);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(16);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
    fail_usage(
        fmt::format("--address: `{}` is not the address of one client, like 10.0.0.1 or fd00::1",
                    displayed(text)));
  }
  const std::vector<std::uint8_t> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
    fail_usage(fmt::format("--address: to PostgreSQL `{}` is {}", displayed(text),
                           inet_text({bytes.begin() + 12, bytes.end()})));
  }
  return bytes;
}

void check_usage(const DecideOptions& o) {
  if (o.user.empty()) fail_usage("--user is empty");
  if (o.local == !o.address.empty()) {
    fail_usage("say where the client comes from: either --address or --local");
  }
  if (o.local && (o.ssl || o.gss || o.host_name)) {
    fail_usage("--ssl, --gss and --hostname go with --address, not with --local");
  }
  if (o.ssl && o.gss) {
    fail_usage("--ssl and --gss contradict each other: a connection is encrypted by one of them");
  }
}

WantedConnection wanted_by(const DecideOptions& o) {
  WantedConnection wanted;
  wanted.user = o.user;
  wanted.database = o.database;
  if (!o.local) wanted.address = address_bytes(o.address);
  if (o.ssl || o.gss) wanted.encryption = o.ssl ? Encryption::tls : Encryption::gss;
  wanted.replication = o.replication;
  wanted.host_name = o.host_name;
  return wanted;
}

int exit_code_of(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::admit:
      return 0;
    case DecisionKind::reject:
    case DecisionKind::no_match:
      return 1;
    case DecisionKind::unknown:
      break;
  }
  return 3;
}

int decide_one(const DecideOptions& options) {
  check_usage(options);
  const auto wanted = wanted_by(options);
  const auto cluster = read_sources(options.sources);
  // A document leaves some to a template: nothing is wrong with what was read.
  const auto unseen = cluster.unseen.find(Fact::hba);
  const bool in_part =
      unseen != cluster.unseen.end() && unseen->second.why.starts_with("not known: ");
  if (!in_part) need_records(cluster);
  print_notes(cluster);
  const auto decision = in_part ? Decision{DecisionKind::unknown, {}, unseen->second.why}
                                : decide(cluster, wanted, today());
  write_output(options.output, decision_report(decision, cluster.hba, options.output.format));
  return exit_code_of(decision.kind);
}

}  // namespace

void add_hba_decide(CLI::App& hba, Run& run) {
  const auto options = std::make_shared<DecideOptions>();
  auto& command = add_command(hba, run, "decide", "which record decides for a connection, and how",
                              [options] { return decide_one(*options); });
  add_needed_value(command, "--user", options->user, "the role that logs in", "U");
  add_value(command, "--database", options->database, "the database (default: the user's name)",
            "D");
  add_value(command, "--address", options->address, "the client's address", "A");
  add_flag(command, "--local", options->local, "by the Unix-domain socket");
  add_flag(command, "--ssl", options->ssl, "encrypted by TLS");
  add_flag(command, "--gss", options->gss, "encrypted by GSSAPI");
  add_flag(command, "--replication", options->replication,
           "physical replication; with --database a logical one, as replication=database asks");
  add_value(command, "--hostname", options->host_name,
            "the name that the address resolves to and back; '' where it has none", "NAME");
  add_source_options(command, options->sources, false);
  add_output_options(command, options->output, {"text", "json"});
}

}  // namespace pgleast
