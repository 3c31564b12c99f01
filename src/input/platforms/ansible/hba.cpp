#include "input/platforms/ansible/hba.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <tuple>
#include <utility>

#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// --- An address, as the module weighs it --------------------------------------------------------

struct Network {
  int family = 0;  // 4, 6; 0: a name or a keyword
  std::array<unsigned char, 16> bytes{};
  int prefix = 0;
};

Network network_of(const std::string& source) {
  Network result;
  const auto slash = source.find('/');
  const auto address = source.substr(0, slash);
  if (inet_pton(AF_INET, address.c_str(), result.bytes.data()) == 1) {
    result.family = 4;
  } else if (inet_pton(AF_INET6, address.c_str(), result.bytes.data()) == 1) {
    result.family = 6;
  } else {
    return result;
  }
  const int most = result.family == 4 ? 32 : 128;
  const auto digits = slash == std::string::npos ? std::string() : source.substr(slash + 1);
  result.prefix = digits.empty() ? most : std::min(std::atoi(digits.c_str()), most);
  return result;
}

int prefix_of_mask(const std::string& mask) {
  int prefix = 0;
  for (const auto byte : network_of(mask).bytes) prefix += __builtin_popcount(byte);
  return prefix;
}

int source_weight(const HbaFileLine& line) {
  if (line.type == "local") return 130;
  const auto network = network_of(line.source);
  if (network.family != 0) return network.family == 4 ? network.prefix * 4 : network.prefix;
  if (line.source == "all") return 0;
  if (line.source == "samehost") return 129;
  if (line.source == "samenet") return 96;
  return line.source.starts_with('.') ? 64 : 128;
}

bool has_all(const std::string& names) {
  return ("," + names + ",").find(",all,") != std::string::npos;
}

int names_in(const std::string& names) {
  return 1 + static_cast<int>(std::count(names.begin(), names.end(), ','));
}

int database_weight(const std::string& names) {
  if (names.starts_with('"')) return 3;
  if (has_all(names)) return 100000;
  if (names == "replication") return 0;
  if (names == "samerole" || names == "samegroup") return 2;
  return 3 + names_in(names);
}

int user_weight(const std::string& names) {
  if (names.starts_with('"')) return 1;
  return has_all(names) ? 100000 : 1 + names_in(names);
}

int family_weight(const HbaFileLine& line) {
  if (line.type == "local") return 3;
  const int family = network_of(line.source).family;
  return family == 4 ? 2 : family == 6 ? 1 : 0;
}

// Comments, then records, then includes.
int kind_of_line(const HbaFileLine& line) {
  if (line.type.empty()) return 0;
  return line.type.starts_with("include") ? 2 : 1;
}

// --- Lines --------------------------------------------------------------------------------------

HbaFileLine taken_apart(DeclaredLine line) {
  HbaFileLine result;
  result.sorted_as = line.text;
  std::vector<std::string> words;
  std::string word;
  for (const char c : line.text + " ") {
    if (c == '#') break;
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
  }
  words.resize(std::max<std::size_t>(words.size(), 5));
  result.line = std::move(line);
  result.type = words[0];
  result.database = words[1];
  result.user = words[2];
  result.source = result.type == "local" ? "" : words[3];
  if (network_of(result.source).family != 0 && result.source.find('/') == std::string::npos) {
    const bool has_mask = network_of(words[4]).family != 0;
    if (has_mask) result.source += '/' + std::to_string(prefix_of_mask(words[4]));
  }
  return result;
}

std::vector<HbaFileLine> all_taken_apart(std::vector<DeclaredLine> lines) {
  std::vector<HbaFileLine> result;
  for (auto& line : lines) result.push_back(taken_apart(std::move(line)));
  return result;
}

// What the packages write: pg_createcluster of Debian; initdb --auth=ident of Red Hat.
std::vector<std::string> packaged_lines(bool is_debian, const std::string& method) {
  const auto host = [&](const char* databases, const char* address) {
    return fmt::format("host    {}             all             {}            {}", databases,
                       address, method);
  };
  std::vector<std::string> lines;
  if (is_debian) {
    lines = {"# Database administrative login by Unix domain socket",
             "local   all             postgres                                peer"};
  }
  const std::vector<std::string> others{
      "# TYPE  DATABASE        USER            ADDRESS                 METHOD",
      "# \"local\" is for Unix domain socket connections only",
      "local   all             all                                     peer",
      "# IPv4 local connections:",
      host("all", "127.0.0.1/32"),
      "# IPv6 local connections:",
      host("all", "::1/128"),
      "local   replication     all                                     peer",
      host("replication", "127.0.0.1/32"),
      host("replication", "::1/128")};
  lines.insert(lines.end(), others.begin(), others.end());
  return lines;
}

// 15 of /etc/postgresql/15/main/pg_hba.conf; 0: it does not say.
int major_in_path(std::string_view path) {
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto part = path.substr(at, end - at);
    at = end + 1;
    const bool digits = !part.empty() && part.size() <= 2 &&
                        part.find_first_not_of("0123456789") == std::string_view::npos;
    const int number = digits ? std::atoi(std::string(part).c_str()) : 0;
    if (number >= oldest_major) return number;
  }
  return 0;
}

// Sorted, as the module writes them.
std::string sorted_options(const std::string& text) {
  std::vector<std::string> options;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) options.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::sort(options.begin(), options.end());
  return fmt::format("{}", fmt::join(options, " "));
}

// Names between commas; what is in quotes is one.
std::vector<std::string> each_name(const std::string& names) {
  if (names.starts_with('"')) return {names};
  std::vector<std::string> result;
  for (std::size_t at = 0; at <= names.size();) {
    const auto end = std::min(names.find(',', at), names.size());
    result.push_back(names.substr(at, end - at));
    at = end + 1;
  }
  return result;
}

// --- Patterns -----------------------------------------------------------------------------------

struct Atom {
  enum class Is : std::uint8_t { character, any, blank, no_blank, digit, begin, end } is;
  char c = 0;
  char repeat = ' ';  // ' ', '*', '+', '?'
};

bool takes(const Atom& atom, char c) {
  const bool blank = c == ' ' || c == '\t';
  switch (atom.is) {
    case Atom::Is::character:
      return c == atom.c;
    case Atom::Is::any:
      return true;
    case Atom::Is::blank:
      return blank;
    case Atom::Is::no_blank:
      return !blank;
    case Atom::Is::digit:
      return c >= '0' && c <= '9';
    case Atom::Is::begin:
    case Atom::Is::end:
      return false;
  }
  return false;
}

std::optional<std::vector<Atom>> atoms_of(std::string_view pattern) {
  std::vector<Atom> atoms;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*' || c == '+' || c == '?') {
      if (atoms.empty() || atoms.back().repeat != ' ') return std::nullopt;
      atoms.back().repeat = c;
    } else if (c == '\\') {
      if (++i == pattern.size()) return std::nullopt;
      const char escaped = pattern[i];
      if (escaped == 's') {
        atoms.push_back({Atom::Is::blank});
      } else if (escaped == 'S') {
        atoms.push_back({Atom::Is::no_blank});
      } else if (escaped == 'd') {
        atoms.push_back({Atom::Is::digit});
      } else if (std::isalnum(static_cast<unsigned char>(escaped)) != 0) {
        return std::nullopt;
      } else {
        atoms.push_back({Atom::Is::character, escaped});
      }
    } else if (c == '^' || c == '$' || c == '.') {
      atoms.push_back({c == '^' ? Atom::Is::begin : c == '$' ? Atom::Is::end : Atom::Is::any});
    } else if (std::string_view("[](){}|").find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      atoms.push_back({Atom::Is::character, c});
    }
  }
  return atoms;
}

// The places that a place leads to without taking a character.
void spread(const std::vector<Atom>& atoms, std::vector<bool>& at, bool is_begin, bool is_end) {
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (!at[i]) continue;
    const bool stands =
        (atoms[i].is == Atom::Is::begin && is_begin) || (atoms[i].is == Atom::Is::end && is_end);
    if (stands || atoms[i].repeat == '*' || atoms[i].repeat == '?') at[i + 1] = true;
  }
}

}  // namespace

std::optional<bool> matches_pattern(std::string_view pattern, std::string_view text) {
  const auto atoms = atoms_of(pattern);
  if (!atoms) return std::nullopt;
  std::vector<bool> at(atoms->size() + 1);
  for (std::size_t i = 0; i <= text.size(); ++i) {
    at[0] = true;  // it may begin anywhere
    spread(*atoms, at, i == 0, i == text.size());
    if (at.back()) return true;
    if (i == text.size()) break;
    std::vector<bool> next(at.size());
    for (std::size_t a = 0; a < atoms->size(); ++a) {
      const auto& atom = (*atoms)[a];
      if (!at[a] || !takes(atom, text[i])) continue;
      if (atom.repeat == '*' || atom.repeat == '+') next[a] = true;
      if (atom.repeat != '*') next[a + 1] = true;
    }
    at = std::move(next);
  }
  return false;
}

bool HbaFileLine::operator<(const HbaFileLine& other) const {
  const int mine = kind_of_line(*this), its = kind_of_line(other);
  if (mine != its || mine != 1) return mine < its;
  const auto weight = [](const HbaFileLine& l) {
    return std::tuple(-source_weight(l), database_weight(l.database), user_weight(l.user),
                      -family_weight(l));
  };
  if (weight(*this) != weight(other)) return weight(*this) < weight(other);
  if (source != other.source) {
    const auto a = network_of(source), b = network_of(other.source);
    return a.family != 0 ? a.bytes < b.bytes : source < other.source;
  }
  return sorted_as < other.sorted_as;
}

bool HbaFileLine::is_same_rule(const HbaFileLine& other) const {
  return !type.empty() && type == other.type && database == other.database && user == other.user &&
         source == other.source;
}

void AnsibleHba::do_not_know(const YamlNode& at, const std::string& what) {
  is_touched_ = true;
  unknown.push_back(fmt::format("{}: {}", shown_place(at), what));
}

// Before the first change stands what the package wrote.
void AnsibleHba::begin(const AnsibleArguments& task) {
  if (std::exchange(is_touched_, true)) return;
  const auto path = task.text({"dest", "path", "destfile", "name"}, "").value_or("");
  const bool is_debian = path.find("/var/lib/pgsql") == std::string::npos;
  const int major = major_in_path(path);
  package_ = {task.at(), path.find("/etc/postgresql") != std::string::npos, major};
  const char* const method = !is_debian                 ? "ident"
                             : major != 0 && major < 14 ? "md5"
                                                        : "scram-sha-256";
  const std::string package = is_debian ? "Debian's package" : "Red Hat's package";
  for (auto& text : packaged_lines(is_debian, method)) {
    lines_.push_back(taken_apart(added_line(task.at(), std::move(text), "default of " + package)));
  }
  notes.push_back(fmt::format("{}: pg_hba.conf is taken as {} leaves it, before the first task",
                              shown_place(task.at()), package));
}

void AnsibleHba::replace(std::vector<DeclaredLine> lines) {
  is_touched_ = true;
  is_unsorted_ = false;
  lines_ = all_taken_apart(std::move(lines));
}

// The tasks sort one after the other; what the last of them does is enough.
void AnsibleHba::sort_now() {
  if (std::exchange(is_unsorted_, false)) std::stable_sort(lines_.begin(), lines_.end());
}

std::vector<DeclaredLine> AnsibleHba::take_lines() {
  sort_now();
  std::vector<DeclaredLine> result;
  for (auto& line : lines_) result.push_back(std::move(line.line));
  return result;
}

void AnsibleHba::take_rules(const AnsibleArguments& task) {
  const auto* const rules = find_node(task.at(), {"rules"});
  const bool is_sorted = truth_of(find_node(task.at(), {"sort_rules"})) != false;
  if (!is_sorted) sort_now();
  if (truth_of(find_node(task.at(), {"overwrite"})) == true) {
    is_touched_ = true;
    lines_.clear();
  }
  begin(task);
  if (rules == nullptr || rules->is(YamlNode::Kind::null)) {
    if (find_node(task.at(), {"contype"}) != nullptr) take_rule(task, nullptr);
  } else if (const auto* const items = task.scope().list(*rules)) {
    const bool combine = find_text(task.at(), {"rules_behavior"}) == "combine";
    for (const auto& item : items->items) {
      take_rule(AnsibleArguments(item, task.scope()), combine ? &task : nullptr);
    }
  } else {
    do_not_know(*rules, "the rules of postgresql_pg_hba");
  }
  is_unsorted_ = is_unsorted_ || is_sorted;
}

void AnsibleHba::take_rule(const AnsibleArguments& rule, const AnsibleArguments* otherwise) {
  using Names = std::initializer_list<std::string_view>;
  bool is_known = true;
  const auto said = [&](Names names, std::string_view of_module) {
    const bool is_here = otherwise == nullptr || rule.find(names).node != nullptr;
    const auto text = (is_here ? rule : *otherwise).text(names, of_module);
    is_known = is_known && text.has_value();
    return text.value_or("");
  };
  HbaFileLine line;
  line.type = said({"contype"}, "");
  line.source = said({"address", "source", "src"}, "samehost");
  const auto mask = said({"netmask"}, "");
  auto method = said({"method"}, "md5");
  const auto options = sorted_options(said({"options"}, ""));
  const auto databases = said({"databases"}, "all"), users = said({"users"}, "all");
  const bool is_absent = said({"state"}, "present") == "absent";
  if (!is_known || line.type.empty()) {
    return do_not_know(rule.at(), "a rule of postgresql_pg_hba");
  }
  if (line.type == "local") line.source.clear();
  const auto network = network_of(line.source);
  if (network.family != 0 && line.source.find('/') == std::string::npos) {
    line.source += '/' + std::to_string(mask.empty() ? network.prefix : prefix_of_mask(mask));
  }
  if (!options.empty()) method += ' ' + options;
  for (const auto& database : each_name(databases)) {
    for (const auto& user : each_name(users)) {
      line.database = database;
      line.user = user;
      const auto address = line.source.empty() ? "" : line.source + ' ';
      line.line = line_at(rule.at(),
                          fmt::format("{} {} {} {}{}", line.type, database, user, address, method));
      enter(line, is_absent);
    }
  }
}

void AnsibleHba::enter(HbaFileLine line, bool is_absent) {
  line.sorted_as = line.line.text;
  std::replace(line.sorted_as.begin(), line.sorted_as.end(), ' ', '\t');
  const auto found = std::find_if(lines_.begin(), lines_.end(),
                                  [&](const HbaFileLine& l) { return l.is_same_rule(line); });
  if (found == lines_.end()) {
    if (!is_absent) lines_.push_back(std::move(line));
  } else if (is_absent) {
    lines_.erase(found);
  } else {
    *found = std::move(line);
  }
}

std::optional<std::size_t> AnsibleHba::last_match(const std::string& pattern, const YamlNode& at) {
  std::optional<std::size_t> result;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const auto matches = matches_pattern(pattern, lines_[i].line.text);
    if (!matches) {
      do_not_know(at, fmt::format("which line `{}` matches", displayed(pattern)));
      return std::nullopt;
    }
    if (*matches) result = i;
  }
  return result;
}

// Where `insertafter` and `insertbefore` want them.
void AnsibleHba::insert(const AnsibleArguments& task, std::vector<HbaFileLine> lines) {
  auto where = lines_.size();
  const auto before = task.find({"insertbefore"}), after = task.find({"insertafter"});
  if (before.text == "BOF") {
    where = 0;
  } else if (before.text) {
    where = last_match(*before.text, *before.node).value_or(where);
  } else if (after.text && after.text != "EOF") {
    const auto found = last_match(*after.text, *after.node);
    if (found) where = *found + 1;
  } else if (before.is_unknown() || after.is_unknown()) {
    do_not_know(task.at(), "where the line is put");
  }
  lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(where),
                std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
}

void AnsibleHba::take_lineinfile(const AnsibleArguments& task) {
  begin(task);
  sort_now();
  const auto line = task.find({"line", "value"});
  const auto pattern = task.find({"regexp", "regex"});
  const auto state = task.text({"state"}, "present");
  if (line.is_unknown() || pattern.is_unknown() || !state) {
    return do_not_know(line.is_unknown() ? *line.node : task.at(), "a line of pg_hba.conf");
  }
  if (state == "absent") {
    std::erase_if(lines_, [&](const HbaFileLine& l) {
      return pattern.text ? matches_pattern(*pattern.text, l.line.text) == true
                          : l.line.text == line.text;
    });
    if (pattern.text) last_match(*pattern.text, *pattern.node);
    return;
  }
  if (!line.text) return;
  auto said = lines_said(*line.node);
  if (said.size() != 1 || said[0].text != *line.text) said = {line_at(*line.node, *line.text)};
  auto made = taken_apart(std::move(said[0]));
  const auto found = pattern.text ? last_match(*pattern.text, *pattern.node) : std::nullopt;
  if (found) {
    lines_[*found] = std::move(made);
    return;
  }
  const bool is_there = std::any_of(lines_.begin(), lines_.end(), [&](const HbaFileLine& l) {
    return l.line.text == made.line.text;
  });
  if (!is_there) insert(task, {std::move(made)});
}

void AnsibleHba::take_blockinfile(const AnsibleArguments& task) {
  begin(task);
  sort_now();
  const auto* const content = task.find({"block", "content"}).node;
  if (find_text(task.at(), {"state"}) == "absent" || content == nullptr) return;
  std::vector<DeclaredLine> lines;
  for (auto& line : lines_said(*content)) {
    const auto text = task.scope().filled_in(line.text);
    if (!text) {
      do_not_know(*content, "a line of the block");
      continue;
    }
    line.is_verbatim = line.is_verbatim && *text == line.text;
    line.text = *text;
    lines.push_back(std::move(line));
  }
  insert(task, all_taken_apart(std::move(lines)));
}

}  // namespace pgleast
