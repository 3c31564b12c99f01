#include "support/platform_lines.hpp"

#include <algorithm>
#include <map>
#include <ostream>

#include "support/memory_files.hpp"

namespace pgleast::test {
namespace {

// One blank between words.
std::string squeezed(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' || (!result.empty() && result.back() != ' ')) result += c;
  }
  return result;
}

DeclaredServer first_server(const std::string& path, const std::string& text) {
  auto servers = servers_in({{path, text}});
  return servers.empty() ? DeclaredServer() : std::move(servers.front());
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const EffectiveLine& line) {
  return out << line.line << ": " << line.text << (line.added_by.empty() ? "" : " <- ")
             << line.added_by << '\n';
}

std::vector<DeclaredServer> servers_in(const std::vector<TestText>& texts) {
  std::map<std::string, std::string> files;
  for (const auto& each : texts) files[each.path] = each.text;
  Repository repository{{}, memory_files(files)};
  std::vector<Diagnostic> problems;
  for (const auto& each : texts) {
    repository.manifests.push_back(read_manifest(each.path, each.text, problems));
  }
  return declared_servers(repository).servers;
}

Lines effective(const std::vector<DeclaredLine>& lines, const std::vector<std::string>& unknown) {
  Lines result;
  for (const auto& line : lines) {
    if (line.text.empty() || line.text.starts_with('#')) continue;
    result.push_back({line.document->position(line.at).line, squeezed(line.text), line.added_by});
  }
  // "main.yml:7: a user"
  for (const auto& text : unknown) {
    const auto colon = text.find(':');
    const auto line = static_cast<std::size_t>(std::stoul(text.substr(colon + 1)));
    const EffectiveLine made{line, "?" + text.substr(text.find(':', colon + 1) + 1), ""};
    const auto after = std::find_if(result.begin(), result.end(), [&](const EffectiveLine& l) {
      return l.added_by.empty() && l.line > line;
    });
    result.insert(after, made);
  }
  return result;
}

Lines hba_of(const std::string& path, const std::string& text) {
  const auto server = first_server(path, text);
  return effective(server.hba, server.unknown_hba);
}

Lines conf_of(const std::string& path, const std::string& text) {
  const auto server = first_server(path, text);
  auto unknown = server.unknown_conf;
  for (const auto& [name, why] : server.hidden_settings) unknown.push_back(why);
  return effective(server.conf, unknown);
}

Lines statements_of(const std::string& path, const std::string& text) {
  const auto server = first_server(path, text);
  return effective(server.statements, server.unknown_roles);
}

}  // namespace pgleast::test
