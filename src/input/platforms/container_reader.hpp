#pragma once
// What images of PostgreSQL have in common: variables, the files that are mounted, and the folder
// whose scripts are run when the server is made.

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input/platforms/postgres_image.hpp"

namespace pgleast {

class ContainerReader {
 public:
  ContainerReader(const ContainerRun& run, std::string name, const Repository& repository);

 protected:
  /// What a path of the container holds: a file of the repository or a text of a document.
  struct Mounted {
    std::string path;
    const YamlNode* text = nullptr;
  };

  /// The first of them that has a value, known or not, or is read from a file: `NAME_FILE`.
  const SaidWord* set_or_read(std::initializer_list<std::string_view> names) const;
  /// Where the document would say what it does not say.
  const YamlNode& place_of(const std::string& name) const;
  /// Empty: none is set, or it is not known, which is said.
  std::string known(std::initializer_list<std::string_view> names,
                    std::vector<std::string>& unknowns) const;
  static std::string unknown(const YamlNode& node, std::string_view what);

  /// None: nothing of the repository is there.
  std::optional<Mounted> mounted(const std::string& path) const;
  /// The path in the repository, whether anything is there or not.
  std::optional<std::string> outside(const std::string& path) const;
  /// The same of one that the document names; none: it is not in the repository, which is said.
  std::optional<Mounted> file_at(const std::string& path, const YamlNode& at,
                                 std::vector<std::string>& unknowns) const;
  void take_hba(const std::optional<Mounted>& file);
  void take_ident(const std::optional<Mounted>& file);
  void take_conf(const std::optional<Mounted>& file);
  /// pg_hba.conf and the like, wherever they are mounted.
  void take_configuration();
  /// The files that the settings name: hba_file, ident_file.
  void take_files_of_settings();
  /// `before`: what each of their sessions begins with.
  void take_scripts(const std::string& before = "");
  /// A file of the repository belongs to the server.
  void mention(const std::string& path);
  bool has_records() const { return !server_.hba_file.empty() || !server_.hba.empty(); }
  bool has_conf_file() const { return has_conf_; }

  const ContainerRun& run_;
  const Repository& repository_;
  DeclaredServer server_;

 private:
  /// A path that postgresql.conf says, and where; none: it does not.
  std::optional<std::pair<std::string, YamlNode>> path_said(std::string_view setting) const;
  void take_script(const std::string& name, const Mounted& script, const std::string& before);

  bool has_conf_ = false;
  std::ptrdiff_t conf_lines_ = 0;  // the first settings: those of a text
};

std::vector<DeclaredLine> lines_of_file(const std::string& path, const std::string& text);
/// Lines of a text; what stands in a template is not known, which is said.
std::vector<DeclaredLine> known_lines(const YamlNode& text, std::vector<std::string>& unknowns);

}  // namespace pgleast
