#include "input/platforms/ansible/run.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "pg/setting_table.hpp"

namespace pgleast {

void AnsibleRun::connect(const YamlNode& at, const std::string& database) {
  if (database == connected_) return;
  connected_ = database;
  add(at, connect_command(database));
}

void AnsibleRun::do_not_know(std::vector<std::string>& of, const YamlNode& at,
                             const std::string& what) {
  is_used = true;
  of.push_back(fmt::format("{}: {}", shown_place(at), what));
}

void AnsibleRun::alter_system(const YamlNode& at, const std::string& name,
                              const std::string& value) {
  is_used = true;
  altered_.push_back(setting_line(at, name, value));
}

void AnsibleRun::hide(const std::string& setting, const YamlNode& at, const std::string& why) {
  server.hidden_settings.emplace(setting, fmt::format("{}: {}", shown_place(at), why));
}

DeclaredServer AnsibleRun::take() {
  server.conf.insert(server.conf.end(), std::make_move_iterator(altered_.begin()),
                     std::make_move_iterator(altered_.end()));
  take_hba();
  // What is said last counts.
  for (const auto& line : server.conf) {
    server.hidden_settings.erase(setting_key(line.text.substr(0, line.text.find_first_of(" ="))));
  }
  server.unknown_hba.insert(server.unknown_hba.end(), hba.unknown.begin(), hba.unknown.end());
  for (auto& text : hba.notes) note(text);
  return std::move(server);
}

void AnsibleRun::take_hba() {
  const bool is_of_role = !server.hba.empty();
  if (!hba.is_touched()) {
    if (!is_of_role && server.conf.empty()) {
      server.unknown_conf.push_back(server.path + ": no task writes settings");
    }
    return;
  }
  server.hba = hba.take_lines();
  if (is_of_role) return;
  // The file is as a package leaves it, and so are the settings.
  const auto& package = hba.package();
  if (server.major == 0) server.major = package.major;
  if (package.at.source != nullptr) server.settings_at = place_at(package.at);
  if (package.is_debian) {
    server.conf.insert(server.conf.begin(),
                       added_line(package.at, "ssl = on", "default of Debian's package"));
  } else if (package.at.source != nullptr) {
    hide("ssl", package.at, "the package decides on ssl");
  }
}

}  // namespace pgleast
