#include "input/config/conf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "input/config/conf_lines.hpp"
#include "input/config/included_files.hpp"
#include "pg/setting_checks.hpp"
#include "pg/setting_table.hpp"
#include "pg/setting_value.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t longest_conf_line = std::size_t{2} << 20U;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

class ConfReader {
 public:
  ConfReader(const FileReader& files, int version_num, std::vector<ConfigFile>& read)
      : version_num_(version_num), files_(files, ConfigKind::conf, version_num, read) {}

  /// Of each entry. Valid as long as the reader.
  const std::vector<const Source*>& sources() const { return sources_; }

  ConfFile read(const std::string& path) {
    const auto opened = files_.open(path, 0, deepest_include);
    if (opened.source == nullptr) fail(path, "cannot be read: " + opened.why);
    const bool fine = read_lines(opened, 0);
    files_.close();
    if (fine)
      read_auto_conf(resolved(path, data_directory() + "postgresql.auto.conf", version_num_));
    return std::move(result_);
  }

 private:
  /// Where an include stands.
  struct Place {
    const Source& source;
    Span span;
    std::uint32_t line;
  };

  void read_auto_conf(const std::string& path) {
    const auto opened = files_.open(path, 0, deepest_include);
    if (opened.source != nullptr) {
      read_lines(opened, 0);
      files_.close();
    } else if (!opened.missing) {
      unreadable(path, opened.folder ? 1 : 0, opened.why);
    }
  }

  /// What the server reports as of that file itself: false, as of every problem.
  bool unreadable(const std::string& path, std::uint32_t line, const std::string& why) {
    result_.problems.push_back(
        {path, line, {path, std::nullopt, "cannot be read: " + why, ""}, row_++});
    return false;
  }

  /// Where the conf says that the data lie: with a slash, or empty for beside it.
  std::string data_directory() const {
    std::string folder;
    for (const auto& entry : result_.entries) {
      if (setting_key(entry.name) == "data_directory") folder = entry.value;
    }
    return folder.empty() ? folder : folder + '/';
  }

  /// False where the server says that it failed. It looks no further than the first syntax
  /// error of a file.
  bool read_lines(const OpenedFile& file, int depth) {
    const auto& source = *file.source;
    const auto text = file.text;
    bool fine = true;
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
      ++number;
      const auto end = std::min(text.find('\n', at), text.size());
      const auto line = text.substr(at, end - at);
      const bool complete = end < text.size();
      if (line.size() > longest_conf_line) {
        return problem({source, {at, at + 1}, number}, "the line is too long");
      }
      const auto parsed = lines_.parse(line);
      if (parsed.error) {
        const Span word{at + parsed.error->begin, at + parsed.error->end};
        return syntax_error({source, word, number}, word.begin >= end, complete);
      }
      if (!parsed.name.empty()) fine = take(source, at, number, parsed, depth) && fine;
      at = end + 1;
    }
    return fine;
  }

  /// At the end of a file without a line break the server counts one line less.
  bool syntax_error(Place place, bool at_end, bool complete) {
    if (at_end && !complete) --place.line;
    const auto shown = place.source.text().substr(
        place.span.begin, std::min<std::size_t>(place.span.end - place.span.begin, 60));
    return problem(place, at_end ? "syntax error at the end of the line"
                                 : fmt::format("syntax error at `{}`", displayed(shown)));
  }

  bool take(const Source& source, std::size_t at, std::uint32_t number, const ConfLine& line,
            int depth) {
    const auto moved = [&](Span span) { return Span{at + span.begin, at + span.end}; };
    const auto key = setting_key(line.name);
    const Place place{source, moved(line.value_span), number};
    if (key == "include_dir") return include_folder(place, line.value, depth + 1);
    if (key == "include") return include(place, line.value, depth + 1, false);
    if (key == "include_if_exists") return include(place, line.value, depth + 1, true);
    result_.entries.push_back({line.name, line.value, source.name(), number,
                               moved({line.name_span.begin, line.value_span.end}),
                               moved(line.name_span), moved(line.value_span), ConfState::applied,
                               std::nullopt, row_++});
    sources_.push_back(&source);
    return true;
  }

  bool include(const Place& place, const std::string& name, int depth, bool may_be_missing) {
    if (is_blank(name)) return problem(place, "the name of the file is empty");
    return include_path(place, resolved(place.source.name(), name, version_num_), depth,
                        may_be_missing);
  }

  bool include_path(const Place& place, const std::string& path, int depth, bool may_be_missing) {
    if (path == place.source.name()) return problem(place, "the file includes itself");
    const auto opened = files_.open(path, depth, deepest_include);
    if (opened.source == nullptr) {
      if (may_be_missing && opened.missing) return true;
      if (opened.folder) return unreadable(path, 1, opened.why);
      return problem(place,
                     fmt::format("file `{}` cannot be read: {}", displayed(path), opened.why));
    }
    const bool fine = read_lines(opened, depth);
    files_.close();
    return fine;
  }

  bool include_folder(const Place& place, const std::string& name, int depth) {
    if (is_blank(name)) return problem(place, "the name of the folder is empty");
    const auto folder = resolved(place.source.name(), name, version_num_);
    std::string why;
    const auto paths = files_.in_folder(folder, why);
    if (!why.empty()) {
      return problem(place, fmt::format("folder `{}` cannot be read: {}", displayed(folder), why));
    }
    return std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return include_path(place, path, depth, false);
    });
  }

  bool problem(const Place& place, std::string message) {
    result_.problems.push_back({place.source.name(), place.line,
                                make_diagnostic(place.source, place.span, std::move(message)),
                                row_++});
    return false;
  }

  int version_num_;
  IncludedFiles files_;
  ConfLines lines_;
  ConfFile result_;
  std::uint32_t row_ = 0;
  std::vector<const Source*> sources_;
};

/// What the server makes of the whole stream (guc.c, ProcessConfigFileInternal).
class Judge {
 public:
  Judge(ConfFile& file, const std::vector<const Source*>& sources, int major)
      : file_(file), sources_(sources), major_(major) {}

  void judge() {
    if (!file_.problems.empty()) return;
    for (std::size_t i = 0; i < file_.entries.size(); ++i) look_up(i);
    if (!file_.loads()) return;
    for (std::size_t i = 0; i < file_.entries.size(); ++i) check_value(i);
  }

 private:
  void look_up(std::size_t i) {
    auto& entry = file_.entries[i];
    if (find_setting_info(entry.name, major_) == nullptr &&
        entry.name.find('.') == std::string::npos) {
      entry.state = ConfState::unknown;
      entry.error = make_diagnostic(*sources_[i], entry.name_span,
                                    fmt::format("unknown setting `{}`{}{}", displayed(entry.name),
                                                other_version(entry.name, major_),
                                                did_you_mean(setting_key(entry.name), known())));
      return;
    }
    // Only entries spelled the same are given up; another spelling is still looked at.
    auto& last = last_of_spelling_[entry.name];
    if (last > 0) file_.entries[last - 1].state = ConfState::superseded;
    last = i + 1;
  }

  const std::vector<std::string>& known() {
    if (known_.empty()) {
      for (const auto* info : settings_of_version(major_))
        known_.push_back(setting_key(info->name));
    }
    return known_;
  }

  void check_value(std::size_t i) {
    auto& entry = file_.entries[i];
    const auto* info = find_setting_info(entry.name, major_);
    if (entry.state != ConfState::applied || info == nullptr) return;
    auto error = info->context == SettingContext::internal
                     ? fmt::format("`{}` cannot be set", info->name)
                     : value_error(entry.value, *info).value_or("");
    if (error.empty() && !passes_own_check(entry.value, *info, major_)) {
      error = fmt::format("`{}` does not take this", info->name);
    }
    if (error.empty()) return;
    entry.state = ConfState::refused;
    entry.error =
        make_diagnostic(*sources_[i], entry.value_span, fmt::format("invalid value: {}", error));
  }

  ConfFile& file_;
  const std::vector<const Source*>& sources_;
  int major_;
  std::map<std::string, std::size_t> last_of_spelling_;  // index + 1
  std::vector<std::string> known_;
};

}  // namespace

ConfFile read_conf(const std::string& path, const FileReader& files, int version_num,
                   std::vector<ConfigFile>& read) {
  ConfReader reader(files, version_num, read);
  auto result = reader.read(path);
  Judge(result, reader.sources(), major_of(version_num)).judge();
  return result;
}

}  // namespace pgleast
