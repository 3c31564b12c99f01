#include "connections/decide.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "connections/name_expression.hpp"
#include "net/origin.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Whether a record, or a part of it, matches.
struct FieldMatch {
  enum Kind { no, may, yes } kind = no;
  std::string hangs_on;  // may: "whether alice is a member of staff"
};

FieldMatch certainly(bool matches) { return {matches ? FieldMatch::yes : FieldMatch::no, ""}; }

FieldMatch perhaps(std::string hangs_on) { return {FieldMatch::may, std::move(hangs_on)}; }

// One of a list is enough.
template <typename List, typename Test>
FieldMatch any_of(const List& list, Test test) {
  FieldMatch result;
  for (const auto& element : list) {
    auto match = test(element);
    if (match.kind == FieldMatch::yes) return match;
    if (match.kind == FieldMatch::no) continue;
    result.kind = FieldMatch::may;
    result.hangs_on += (result.hangs_on.empty() ? "" : " or ") + match.hangs_on;
  }
  return result;
}

// hba.c, hostname_match: a pattern with a leading dot is the end of a name.
bool host_name_matches(std::string_view pattern, std::string_view name) {
  if (pattern.starts_with('.') && name.size() >= pattern.size()) {
    name.remove_prefix(name.size() - pattern.size());
  }
  return lower_case(pattern) == lower_case(name);
}

using Bytes = std::vector<std::uint8_t>;

bool lies_in(const Bytes& address, const Bytes& network, const Bytes& mask) {
  if (address.size() != network.size() || address.size() != mask.size()) return false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (((address[i] ^ network[i]) & mask[i]) != 0) return false;
  }
  return true;
}

// What Linux gives every machine: 127.0.0.1/8 and ::1/128. Nobody else comes from there.
bool is_localhost(const Bytes& address) {
  return address == Bytes{127, 0, 0, 1} ||
         address == Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
}

bool fits(ConnectionType type, const Attempt& attempt) {
  if (attempt.address.empty()) return type == ConnectionType::local;
  switch (type) {
    case ConnectionType::local:
      return false;
    case ConnectionType::host:
      return true;
    case ConnectionType::hostssl:
      return attempt.encryption == Encryption::tls;
    case ConnectionType::hostnossl:
      return attempt.encryption != Encryption::tls;
    case ConnectionType::hostgssenc:
      return attempt.encryption == Encryption::gss;
    case ConnectionType::hostnogssenc:
      return attempt.encryption != Encryption::gss;
  }
  return false;
}

// postmaster.c, ProcessStartupPacket.
Attempt as_the_server_takes_it(const Cluster& cluster, Attempt attempt) {
  if (attempt.database.empty()) attempt.database = attempt.user;
  const auto* const per_database = cluster.find_setting("db_user_namespace");
  if (per_database != nullptr && per_database->value == "on") {
    if (attempt.user.find('@') + 1 == attempt.user.size()) {
      attempt.user.pop_back();
    } else {
      attempt.user += '@' + attempt.database;
    }
  }
  for (auto* const name : {&attempt.user, &attempt.database}) {
    name->resize(std::min(name->size(), most_name_bytes));
  }
  return attempt;
}

std::string place(const HbaRecord& record) {
  return fmt::format("{}:{}", displayed(record.at.file), record.at.line);
}

class Procedure {
 public:
  Procedure(const Cluster& cluster, const Graph& graph, Attempt attempt)
      : cluster_(cluster), graph_(graph), attempt_(std::move(attempt)) {}

  Decision decide() const;

 private:
  struct Candidate {
    std::size_t record;
    std::string hangs_on;
  };

  FieldMatch record_match(const HbaRecord& record) const;
  FieldMatch address_match(const HbaAddress& address) const;
  FieldMatch host_match(const std::string& pattern) const;
  FieldMatch database_match(const HbaName& token) const;
  FieldMatch user_match(const HbaName& token) const;
  FieldMatch member_match(const std::string& group) const;
  FieldMatch name_match(const HbaName& token, const std::string& name) const;
  Decision decided(std::vector<std::size_t> records) const;
  std::string hanging(const std::vector<Candidate>& candidates,
                      std::optional<std::size_t> otherwise) const;
  const HbaRecord& at(std::size_t record) const { return cluster_.hba.records[record]; }

  const Cluster& cluster_;
  const Graph& graph_;
  const Attempt attempt_;
};

FieldMatch Procedure::record_match(const HbaRecord& record) const {
  if (!fits(record.type, attempt_)) return certainly(false);
  auto result = certainly(true);
  for (const auto& part :
       {address_match(record.address),
        any_of(record.databases, [&](const HbaName& token) { return database_match(token); }),
        any_of(record.users, [&](const HbaName& token) { return user_match(token); })}) {
    if (part.kind == FieldMatch::no) return part;
    if (part.kind == FieldMatch::yes) continue;
    result.kind = FieldMatch::may;
    result.hangs_on += (result.hangs_on.empty() ? "" : ", and ") + part.hangs_on;
  }
  return result;
}

// ifaddr.c: samehost is an address of an interface, samenet one within an interface's mask.
FieldMatch Procedure::address_match(const HbaAddress& address) const {
  switch (address.kind) {
    case AddressKind::none:
    case AddressKind::all:
      return certainly(true);
    case AddressKind::ip:
      return certainly(lies_in(attempt_.address, address.address, address.mask));
    case AddressKind::samehost:
      if (is_loopback(attempt_.address)) return certainly(is_localhost(attempt_.address));
      return perhaps(
          fmt::format("whether {} is an address of the server", inet_text(attempt_.address)));
    case AddressKind::samenet:
      if (is_loopback(attempt_.address)) return certainly(true);
      return perhaps(
          fmt::format("whether {} lies in a network of the server", inet_text(attempt_.address)));
    case AddressKind::host_name:
      return host_match(address.host);
  }
  return certainly(false);
}

FieldMatch Procedure::host_match(const std::string& pattern) const {
  if (attempt_.host_name) return certainly(host_name_matches(pattern, *attempt_.host_name));
  // No other machine has that name.
  if (names_loopback(pattern) && !is_loopback(attempt_.address)) return certainly(false);
  return perhaps(fmt::format("whether the name of {} {} `{}`", inet_text(attempt_.address),
                             pattern.starts_with('.') ? "ends in" : "is", displayed(pattern)));
}

FieldMatch Procedure::database_match(const HbaName& token) const {
  if (attempt_.physical_replication) return certainly(token.is("replication"));
  if (token.is("all")) return certainly(true);
  if (token.is("sameuser")) return certainly(attempt_.database == attempt_.user);
  if (token.is("samerole") || token.is("samegroup")) {
    return member_match(attempt_.database);
  }
  if (token.is("replication")) return certainly(false);
  return name_match(token, attempt_.database);
}

FieldMatch Procedure::user_match(const HbaName& token) const {
  if (!token.quoted && token.text.starts_with('+')) return member_match(token.text.substr(1));
  if (token.is("all")) return certainly(true);
  return name_match(token, attempt_.user);
}

// acl.c, is_member_of_role_nosuper. There is no database yet whose owner one could be.
FieldMatch Procedure::member_match(const std::string& group) const {
  const bool itself = group == attempt_.user;
  if (group == "pg_database_owner" && cluster_.major() >= 14) return certainly(itself);
  if (!cluster_.seen(Fact::roles)) {
    if (itself) return certainly(true);
    return perhaps(
        fmt::format("whether {} is a member of {}", displayed(attempt_.user), displayed(group)));
  }
  const auto role = cluster_.find_role(attempt_.user);
  const auto of = cluster_.find_role(group);
  return certainly(role && of && graph_.is_member(*role, *of));
}

FieldMatch Procedure::name_match(const HbaName& token, const std::string& name) const {
  if (cluster_.major() < 16 || !token.text.starts_with('/')) return certainly(token.text == name);
  const auto expression = name_expression(token.text.substr(1));
  if (expression) return certainly(re2::RE2::PartialMatch(name, *expression));
  return perhaps(fmt::format("whether `{}` matches `{}`", displayed(token.text), displayed(name)));
}

Decision Procedure::decided(std::vector<std::size_t> records) const {
  if (records.empty()) {
    return {DecisionKind::no_match, {}, "no record matches; the server rejects such a connection"};
  }
  const auto& last = at(records.back());
  std::string why = "the first record that matches: ";
  if (records.size() > 1) {
    why = place(at(records.front()));
    for (std::size_t i = 1; i < records.size(); ++i) why += " or " + place(at(records[i]));
    why += " decides, to the same effect: ";
  }
  why += to_string(last);
  const auto kind = last.method == "reject" ? DecisionKind::reject : DecisionKind::admit;
  return {kind, std::move(records), std::move(why)};
}

std::string Procedure::hanging(const std::vector<Candidate>& candidates,
                               std::optional<std::size_t> otherwise) const {
  std::string why;
  for (const auto& [record, hangs_on] : candidates) {
    if (otherwise && same_outcome(at(record), at(*otherwise))) continue;
    why += fmt::format("{}{} ({}: {})", why.empty() ? "it hangs on " : "; on ", hangs_on,
                       place(at(record)), at(record).method);
  }
  if (!otherwise) return why + "; else no record matches";
  return why + fmt::format("; else {} decides: {}", place(at(*otherwise)), at(*otherwise).method);
}

Decision Procedure::decide() const {
  std::vector<Candidate> candidates;  // those that may match
  std::vector<std::size_t> records;   // and the first that certainly does
  std::optional<std::size_t> decider;
  for (std::size_t i = 0; i < cluster_.hba.records.size() && !decider; ++i) {
    auto match = record_match(at(i));
    if (match.kind == FieldMatch::no) continue;
    records.push_back(i);
    if (match.kind == FieldMatch::yes) decider = i;
    if (match.kind == FieldMatch::may) candidates.push_back({i, std::move(match.hangs_on)});
  }
  const bool agreed = std::all_of(candidates.begin(), candidates.end(), [&](const Candidate& c) {
    return decider && same_outcome(at(c.record), at(*decider));
  });
  if (agreed) return decided(std::move(records));
  return {DecisionKind::unknown, std::move(records), hanging(candidates, decider)};
}

}  // namespace

Decision decide(const Cluster& cluster, const Graph& graph, const Attempt& attempt) {
  if (attempt.encryption == Encryption::tls && attempt.ssl == false) {
    return {DecisionKind::no_match,
            {},
            "`ssl` is off: the server declines TLS before it looks at any record; a client that "
            "does not insist goes on without TLS"};
  }
  return Procedure(cluster, graph, as_the_server_takes_it(cluster, attempt)).decide();
}

std::string_view to_string(DecisionKind kind) {
  constexpr std::array<std::string_view, 4> names{"admit", "reject", "no-match", "unknown"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace pgleast
