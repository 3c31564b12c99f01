#pragma once
// What the `.gitignore` of a folder passes over below it:
//
//   *.log          of that name, however deep        /db/dumps/    that folder alone
//   !keep.log      not that one after all             a/**/b       b however deep below a

#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// Whether `path` is of the pattern: `*` and `?` stop at a slash, `**` does not.
bool matches_path(std::string_view pattern, std::string_view path);

class GitIgnore {
 public:
  explicit GitIgnore(std::string_view text);

  enum class Says { nothing, passed_over, kept };
  /// `path` is relative to the folder of the file. The last line that fits counts.
  Says of(std::string_view path, bool is_folder) const;

 private:
  struct Line {
    std::string pattern;
    bool keeps = false, folders_only = false, whole_path = false;
  };
  std::vector<Line> lines_;
};

}  // namespace pgleast
