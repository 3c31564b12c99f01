#include "support/odd_files.hpp"

#include <algorithm>

namespace pgleast::test {

std::string OddAuthText::blank() {
  if (!dice_.chance(8)) return " ";
  return dice_.of({"\t", "  ", "\r", " \t ", "\v", "\f", "\xc2\xa0", " , ", ",", " ,"});
}

std::string OddAuthText::line_end() {
  if (!dice_.chance(12)) return "\n";
  switch (dice_.below(9)) {
    case 0:
      return "\r\n";
    case 1:
      return " \\\n";
    case 2:
      return "\\\\\n";
    case 3:
      return std::string("\0x\n", 3);
    case 4:
      return " # why \\\n";
    case 5:
      return "\n\n  \n";
    case 6:
      return "\\\r\n\\\n";
    case 7:
      return ",\n";
    default:
      return "#\r\r\n";
  }
}

std::string OddAuthText::spelled(const std::string& word) {
  if (!dice_.chance(14)) return word;
  const auto half = dice_.below(word.size() + 1);
  const auto head = word.substr(0, half);
  const auto tail = word.substr(half);
  switch (dice_.below(9)) {
    case 0:
    case 1:
      return '"' + word + '"';
    case 2:
      return head + '"' + tail + '"';
    case 3:
      return '"' + head + "\"\"" + tail + '"';
    case 4:
      return "\"\"" + word;
    case 5:
      return '"' + word;  // never closed
    case 6:
      return head + '#' + tail;
    case 7:
      return head + '"' + dice_.of({" ", ",", "#", "@", "\"\"", "\\"}) + '"' + tail;
    default:
      return '"' + head + '"' + tail;
  }
}

std::string OddAuthText::long_word() {
  const auto about = dice_.of(std::vector<std::size_t>{255, 256, 63, 8180, 10238, 10240, 20470});
  return std::string(about + dice_.below(4) - 1, 'w');
}

std::string OddAuthText::name() {
  if (dice_.chance(1)) return long_word();
  if (dice_.chance(12)) {
    return dice_.of({"", "\"\"", "\xff\xfe", "\xc3\xa9", "\xef\xbb\xbf", "a,b", "a\\b", "a=b", "1",
                     "NULL", "{x}", "a'b", "@", "+", "/", "++x", "all,all"});
  }
  return dice_.of({"all", "app", "bob", "alice", "sameuser", "samerole", "samegroup", "replication",
                   "ALL", "+staff", "db7", "u12", "odd_name"});
}

std::string OddAuthText::regex() {
  std::string result = "/";
  for (auto n = dice_.below(7); n > 0; --n) {
    result += dice_.of({"a",       "b",           "^",          "$",
                        ".",       ".*",          "(",          ")",
                        "[",       "]",           "[a-z]",      "[z-a]",
                        "{",       "}",           "{2}",        "{2,1}",
                        "{300}",   "*",           "+",          "?",
                        "??",      "|",           "\\1",        "\\2",
                        "(a)",     "(?:",         "(?i)",       "(?=a)",
                        "(?<!a)",  "[[:alpha:]]", "[[:nope:]]", "[[=a=]]",
                        "[[.a.]]", "[^]",         "\\d",        "\\w+",
                        "\\m",     "\\Z",         "\\x41",      "\\u00e9",
                        "\\",      "\\e",         "***=",       "***:",
                        "***",     "\xc3\xa9",    "\xff",       "(a*)+",
                        "{1,}",    "{,2}",        "[a-",        "\\B",
                        "()",      "\\c",         "[\\d-z]",    "[[.hyphen.]-z]"});
  }
  return result;
}

std::string OddAuthText::list(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words) {
    if (!result.empty()) {
      result += dice_.chance(80) ? "," : dice_.of({", ", " ,", ",,", " , ", ",\t", ",\r", ", ,"});
    }
    result += spelled(word);
  }
  return result;
}

std::string OddAuthText::list_file(std::size_t depth) {
  const auto number = depth + dice_.below(2);
  const auto path = "l" + std::to_string(number);
  if (depth < 4 && !files_.others.contains("odd/" + path)) {
    std::string text;
    for (auto n = dice_.below(5); n > 0; --n) {
      text += dice_.chance(12) ? list_file(number + 1) : list({name(), name()});
      text += dice_.chance(80) ? "\n" : line_end();
    }
    if (dice_.chance(20) && !text.empty()) text.pop_back();
    files_.others["odd/" + path] = text;
  }
  const auto shown = (depth == 0 ? "odd/" : "") + path;
  if (dice_.chance(10)) {
    // Before 16, a list that names itself takes the server down.
    if (depth > 0 && includes() && dice_.chance(50)) return "@l0";
    return dice_.of({"@odd/missing", "@\"odd/l0\"", "\"@odd/l0\"", "@odd/d", "@./odd/l1"});
  }
  return "@" + shown;
}

void OddAuthText::spoil(std::string& text) {
  for (auto n = 1 + dice_.below(3); n > 0 && !text.empty(); --n) {
    const auto at = dice_.below(text.size());
    switch (dice_.below(5)) {
      case 0:
        text.erase(at, 1 + dice_.below(4));
        break;
      case 1:
        text.insert(at, text.substr(dice_.below(text.size()), dice_.below(9)));
        break;
      case 2:
        text[at] = static_cast<char>(dice_.below(256));
        break;
      default:
        text.insert(at, dice_.of({"\"", ",", "#", "\\", "\n", "\r", "@", " ", "\"\"", "\\\n"}));
    }
  }
}

}  // namespace pgleast::test
