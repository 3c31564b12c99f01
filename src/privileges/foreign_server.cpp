#include "privileges/foreign_server.hpp"

#include "net/origin.hpp"
#include "pg/option_list.hpp"

namespace pgleast {

std::optional<bool> leads_back(const Cluster& cluster, const ForeignServerDetail& server) {
  const auto option = [&](const char* name) {
    return option_value(server.options, name).value_or("");
  };
  if (!option("service").empty()) return std::nullopt;
  const auto host = option("hostaddr").empty() ? option("host") : option("hostaddr");
  const bool is_socket = host.empty() || host.starts_with('/');
  if (!is_socket && !names_loopback(host)) return std::nullopt;
  const auto* const port = cluster.find_setting("port");
  if (port == nullptr) return std::nullopt;
  const auto said = option("port");
  return (said.empty() ? "5432" : said) == port->value;
}

}  // namespace pgleast
