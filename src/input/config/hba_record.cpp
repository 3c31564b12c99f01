#include "input/config/hba_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "input/config/hba_options.hpp"
#include "net/inet.hpp"
#include "pg/auth_method.hpp"
#include "pg/regex_syntax.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::array<std::pair<std::string_view, ConnectionType>, 6> types{{
    {"local", ConnectionType::local},
    {"host", ConnectionType::host},
    {"hostssl", ConnectionType::hostssl},
    {"hostnossl", ConnectionType::hostnossl},
    {"hostgssenc", ConnectionType::hostgssenc},
    {"hostnogssenc", ConnectionType::hostnogssenc},
}};

/// The names of `table` whose row `applies`, for a guess at what was meant.
template <typename Table, typename Name, typename Applies>
std::vector<std::string> names_of(const Table& table, Name name, Applies applies) {
  std::vector<std::string> names;
  for (const auto& row : table) {
    if (applies(row)) names.emplace_back(name(row));
  }
  return names;
}

Span extent_of(const AuthField& field) { return {field.front().span.begin, field.back().span.end}; }

class RecordParser {
 public:
  RecordParser(AuthLine& line, int version_num, const HbaSettings& settings)
      : line_(line), version_num_(version_num), settings_(settings) {}

  HbaRecord parse() {
    take_type();
    record_.databases = take_names("a database", record_.at.database);
    record_.users = take_names("a user", record_.at.user);
    if (record_.type != ConnectionType::local) take_address();
    take_method();
    take_options();
    place();
    return std::move(record_);
  }
  bool warned() const { return !record_.warning.empty(); }

 private:
  int major() const { return major_of(version_num_); }

  AuthField& next_field(std::string_view wanted) {
    if (next_ == line_.fields.size()) {
      const auto end = line_.fields.back().back().span.end;
      throw HbaRefusal{{end, end}, fmt::format("the line ends before {}", wanted)};
    }
    return line_.fields[next_++];
  }

  const AuthWord& next_word(std::string_view wanted) {
    const auto& field = next_field(wanted);
    if (field.size() > 1) {
      throw HbaRefusal{extent_of(field), fmt::format("a list where {} is wanted", wanted)};
    }
    return field.front();
  }

  void take_type() {
    const auto& word = next_word("one connection type");
    record_.at.type = word.span;
    const auto type = std::find_if(types.begin(), types.end(),
                                   [&](const auto& row) { return row.first == word.text; });
    if (type == types.end()) {
      const auto known = names_of(
          types, [](const auto& row) { return row.first; }, [](const auto&) { return true; });
      throw HbaRefusal{word.span,
                       fmt::format("unknown connection type `{}`{}", displayed(word.text),
                                   did_you_mean(word.text, known))};
    }
    record_.type = type->second;
    if (record_.type == ConnectionType::hostssl && settings_.ssl == false) {
      record_.warning = "hostssl record cannot match because `ssl` is off";
    }
  }

  std::vector<HbaName> take_names(std::string_view wanted, Span& span) {
    auto& field = next_field(wanted);
    span = extent_of(field);
    std::vector<HbaName> names;
    names.reserve(field.size());
    for (auto& word : field) {
      check_regex(word);
      names.push_back({std::move(word.text), word.quoted});
    }
    return names;
  }

  void check_regex(const AuthWord& word) const {
    if (major() < 16 || !word.text.starts_with('/')) return;
    if (const auto why = regex_error(std::string_view(word.text).substr(1))) {
      throw HbaRefusal{word.span, fmt::format("regular expression `{}` is invalid: {}",
                                              displayed(word.text.substr(1)), *why)};
    }
  }

  void take_address() {
    const auto& word = next_word("one address");
    record_.at.address = word.span;
    auto& address = record_.address;
    if (!word.quoted && word.text == "all") {
      address.kind = AddressKind::all;
    } else if (!word.quoted && word.text == "samehost") {
      address.kind = AddressKind::samehost;
    } else if (!word.quoted && word.text == "samenet") {
      address.kind = AddressKind::samenet;
    } else {
      take_numeric_or_name(word);
    }
  }

  void take_numeric_or_name(const AuthWord& word) {
    const auto slash = word.text.find('/');
    const auto text = word.text.substr(0, slash);
    auto host = numeric_host(text);
    auto& address = record_.address;
    if (host.bytes.empty()) {
      if (!host.may_be_a_name) refuse(word, "address `{}` cannot be read");
      if (slash != std::string::npos) refuse_mask(word, text);
      address.kind = AddressKind::host_name;
      address.host = text;
      return;
    }
    address.kind = AddressKind::ip;
    address.address = std::move(host.bytes);
    if (slash == std::string::npos) {
      take_mask();
      return;
    }
    auto mask = prefix_mask(word.text.substr(slash + 1), address.address.size());
    if (!mask) refuse(word, "address `{}` has an invalid mask length");
    address.mask = std::move(*mask);
  }

  // What has letters beyond those of an address is meant as a name.
  [[noreturn]] static void refuse_mask(const AuthWord& word, const std::string& host) {
    const bool named =
        host.find(':') == std::string::npos &&
        std::any_of(host.begin(), host.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
    if (!named) refuse(word, "`{}` is neither an address with a mask nor a host name");
    throw HbaRefusal{word.span, fmt::format("a host name has no mask: write `{}` for `{}`",
                                            displayed(host), displayed(word.text))};
  }

  void take_mask() {
    const auto& word = next_word("a netmask");
    auto mask = numeric_host(word.text).bytes;
    if (mask.empty()) {
      refuse(word, "`{}` is no netmask; an address without `/` is followed by one");
    }
    if (mask.size() != record_.address.address.size()) {
      refuse(word, "netmask `{}` is not of the address's family");
    }
    record_.address.mask = std::move(mask);
    record_.at.address.end = word.span.end;
  }

  void take_method() {
    const auto& word = next_word("one authentication method");
    record_.at.method = word.span;
    const auto method = auth_method_named(word.text);
    if (!method || !method->versions.has(major())) {
      const auto known = names_of(
          auth_methods, [](const AuthMethod& m) { return m.name; },
          [&](const AuthMethod& m) { return m.versions.has(major()); });
      throw HbaRefusal{word.span,
                       fmt::format("unknown authentication method `{}`{}", displayed(word.text),
                                   did_you_mean(word.text, known))};
    }
    record_.method = method->name;
    if (record_.type == ConnectionType::local && record_.method == "ident") record_.method = "peer";
    check_method(word);
  }

  void check_method(const AuthWord& word) const {
    const auto& method = record_.method;
    const bool local = record_.type == ConnectionType::local;
    if (method == "sspi") refuse(word, "method `{}` exists on Windows only");
    if (method == "bsd") refuse(word, "method `{}` exists on OpenBSD only");
    if (method == "md5" && major() <= 16 && settings_.db_user_namespace == true) {
      refuse(word, "method `{}` is not allowed while `db_user_namespace` is on");
    }
    if (local && method == "gss") refuse(word, "method `{}` is not allowed on `local`");
    if (only_gss_on_hostgssenc() && method != "gss" && method != "reject" && method != "trust") {
      refuse(word, "method `{}` is not allowed on `hostgssenc` in this version");
    }
    if (!local && method == "peer") refuse(word, "method `{}` is allowed on `local` only");
    if (record_.type != ConnectionType::hostssl && method == "cert") {
      refuse(word, "method `{}` is allowed on `hostssl` only");
    }
  }

  /// Until the minor releases 12.6 and 13.2.
  bool only_gss_on_hostgssenc() const {
    return record_.type == ConnectionType::hostgssenc &&
           (version_num_ < 120006 || (version_num_ >= 130000 && version_num_ < 130002));
  }

  void take_options() {
    HbaOptions options(record_.type, record_.method, version_num_);
    const auto first = next_;
    while (next_ < line_.fields.size()) {
      for (const auto& word : line_.fields[next_]) options.take(word);
      ++next_;
    }
    options.finish(record_.at.method, settings_);
    options.show(record_);
    // The server's check of the validator forgets the warning about ssl.
    if (record_.method == "oauth") record_.warning.clear();
    if (first < next_) {
      record_.at.options = {line_.fields[first].front().span.begin,
                            line_.fields.back().back().span.end};
    }
  }

  void place() {
    record_.at.file = line_.source->name();
    record_.at.line = line_.number;
    record_.at.whole = {record_.at.type.begin, line_.fields.back().back().span.end};
  }

  [[noreturn]] static void refuse(const AuthWord& word, fmt::string_view message) {
    const auto shown = displayed(word.text);
    throw HbaRefusal{word.span, fmt::vformat(message, fmt::make_format_args(shown))};
  }

  AuthLine& line_;
  int version_num_;
  const HbaSettings& settings_;
  std::size_t next_ = 0;
  HbaRecord record_;
};

}  // namespace

std::variant<HbaRecord, HbaRefusal> parse_hba_record(AuthLine& line, int version_num,
                                                     const HbaSettings& settings) {
  RecordParser parser(line, version_num, settings);
  try {
    return parser.parse();
  } catch (HbaRefusal& refusal) {
    // Where the server has no text for a refusal, it still shows that of an earlier warning.
    refusal.silent = refusal.silent && !parser.warned();
    return std::move(refusal);
  }
}

}  // namespace pgleast
