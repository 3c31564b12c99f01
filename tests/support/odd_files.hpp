#pragma once
// Configuration files full of odd cases, made at random from a grammar of them: what is legal
// most of the time, and every way to be slightly wrong. The same number gives the same files.
//
//   odd_hba(17, 180004).main   ->  "host all,\"a b\"c ++x 10/8 md5\r\n@odd/l1 ..."

#include <cstdint>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast::test {

struct OddFiles {
  std::string main;
  std::map<std::string, std::string> others;  // by their path beside `main`; all in `odd/`
};

OddFiles odd_hba(std::uint64_t number, int version_num);
OddFiles odd_ident(std::uint64_t number, int version_num);
/// `postgresql.auto.conf` may be among the others, and lies beside `main`.
OddFiles odd_conf(std::uint64_t number, int version_num);

/// Folders that are there for the odd files to name: one with files and one without.
inline constexpr std::string_view odd_folders[] = {"odd", "odd/d", "odd/d/folder.conf",
                                                   "odd/empty"};

class Dice {
 public:
  explicit Dice(std::uint64_t number) : engine_(number * 2654435761U + 97) {}

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool chance(std::size_t percent) { return below(100) < percent; }
  std::string of(std::initializer_list<std::string_view> words) {
    return std::string(words.begin()[below(words.size())]);
  }
  template <typename T>
  const T& of(const std::vector<T>& items) {
    return items[below(items.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// What pg_hba.conf and pg_ident.conf share: words, lists, blanks, ends of lines, inclusion.
class OddAuthText {
 public:
  OddAuthText(Dice& dice, int version_num, OddFiles& files)
      : dice_(dice), version_num_(version_num), files_(files) {}

  std::string blank();
  std::string line_end();
  /// `word` in one of the spellings that quotes allow, mostly itself.
  std::string spelled(const std::string& word);
  std::string name();
  std::string regex();
  std::string list(const std::vector<std::string>& words);
  /// `@odd/l1`, the file made as well.
  std::string list_file(std::size_t depth = 0);
  /// A line that includes, its files filled by `lines`.
  template <typename Lines>
  std::string include(std::size_t depth, Lines lines);
  /// Some bytes of `text` changed, doubled or dropped.
  void spoil(std::string& text);

 private:
  bool includes() const { return version_num_ >= 160000; }
  std::string long_word();

  Dice& dice_;
  int version_num_;
  OddFiles& files_;
};

template <typename Lines>
std::string OddAuthText::include(std::size_t depth, Lines lines) {
  const std::string before = depth == 0 ? "odd/" : "";
  const auto file = dice_.of({"a.conf", "b.conf", "d/1.conf", "d/2.conf", "d/.3.conf", "d/x"});
  if (includes() && depth < 4 && !files_.others.contains("odd/" + file)) {
    files_.others["odd/" + file];  // so that what is included does not make it again
    auto text = lines(depth + 1);
    files_.others["odd/" + file] = std::move(text);
  }
  const auto there = before + file;
  const auto directive = dice_.of({"include", "include", "include_if_exists", "\"include\"",
                                   "include_dir", "include_dir", "INCLUDE"});
  const bool folder = directive == "include_dir";
  const auto odd = folder ? dice_.of({"odd/empty", "odd/missing", "\"\"", "\" \"", "odd/d/1.conf"})
                          : dice_.of({"odd/missing.conf", "odd/d", "odd", "\"\"", "odd/a.conf,x"});
  std::string target = folder ? before + dice_.of({"d", "d/", "./d", "d/../d"}) : there;
  if (dice_.chance(15)) target = odd;
  if (dice_.chance(5)) target += " more";
  return directive + blank() + spelled(target);
}

}  // namespace pgleast::test
