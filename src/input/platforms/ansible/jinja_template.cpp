// Templates of pg_hba.conf and postgresql.conf, which nobody filled in: pg_hba.conf.j2. A line
// without Jinja is what it will be; of the others nothing is known.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/platforms/ansible/ansible.hpp"
#include "input/platforms/ansible/scope.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// `{{ ansible_managed | comment }}`
bool is_comment(std::string_view line) {
  return line.starts_with('#') || line.find("ansible_managed") != std::string_view::npos;
}

class TemplateReader {
 public:
  explicit TemplateReader(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  void read() {
    const auto text = source_->text();
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      take(text.substr(at, end - at), at);
      at = end + 1;
    }
  }

  std::vector<DeclaredLine> lines;
  std::vector<std::string> unknown;

 private:
  void take(std::string_view line, std::size_t at) {
    const auto said = trimmed(line);
    if (skip_comment(said) || said.empty() || is_comment(said)) return;
    if (is_template(said)) {
      unknown.push_back(fmt::format("{}:{}: a line of the template", source_->name(),
                                    source_->position(at).line));
      return;
    }
    const auto begin = at + line.find(said);
    lines.push_back({std::string(said), source_, begin, true, ""});
  }

  // `{# ... #}`, over several lines, too.
  bool skip_comment(std::string_view line) {
    if (!in_comment_ && !line.starts_with("{#")) return false;
    in_comment_ = line.find("#}") == std::string_view::npos;
    return true;
  }

  std::shared_ptr<const Source> source_;
  bool in_comment_ = false;
};

bool is_hba_template(std::string_view path) {
  return name_of_path(path).find("hba") != std::string_view::npos;
}

// The other template beside it: one server has both.
const Manifest* beside(const Manifest& manifest, const Repository& repository) {
  const auto folder = manifest.path.substr(0, manifest.path.rfind('/') + 1);
  const auto found = std::find_if(
      repository.manifests.begin(), repository.manifests.end(), [&](const Manifest& other) {
        return other.path.substr(0, other.path.rfind('/') + 1) == folder &&
               is_jinja_template(name_of_path(other.path)) &&
               is_hba_template(other.path) != is_hba_template(manifest.path);
      });
  return found == repository.manifests.end() ? nullptr : &*found;
}

void take_template(const Manifest& manifest, DeclaredServer& server) {
  TemplateReader reader(std::make_shared<const Source>(manifest.path, manifest.text));
  reader.read();
  const bool is_hba = is_hba_template(manifest.path);
  (is_hba ? server.hba : server.conf) = std::move(reader.lines);
  (is_hba ? server.unknown_hba : server.unknown_conf) = std::move(reader.unknown);
}

}  // namespace

bool is_jinja_template(std::string_view name) {
  if (!name.ends_with(".j2") && !name.ends_with(".jinja") && !name.ends_with(".jinja2")) {
    return false;
  }
  return name.find("pg_hba") != std::string_view::npos || name.starts_with("postgresql.conf");
}

bool is_template_of_server(const YamlNode&, std::string_view name) {
  return is_jinja_template(name);
}

std::vector<DeclaredServer> template_servers(const YamlNode&, const Manifest& manifest,
                                             const Repository& repository) {
  DeclaredServer server;
  server.name = "template/" + manifest.path;
  server.path = manifest.path;
  server.may_hold_more = true;
  take_template(manifest, server);
  if (const auto* const other = beside(manifest, repository)) {
    if (!is_hba_template(manifest.path)) return {};
    take_template(*other, server);
    server.mentioned.push_back(other->path);
  } else if (is_hba_template(manifest.path)) {
    server.unknown_conf.push_back(manifest.path + ": says no settings");
  }
  return {std::move(server)};
}

}  // namespace pgleast
