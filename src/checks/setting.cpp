// A setting in force: one of some values, none of some, or not below one in an order.
//
// Of a list of items, none of some (`no_item_of`) or at least one of some (`any_item_of`).
//
//   with: {name: ssl_min_protocol_version, min: TLSv1.2, order: [TLSv1, TLSv1.1, TLSv1.2, TLSv1.3]}
//   fix: {set: TLSv1.2}

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "checks/check.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct WantedValue {
  std::string name;
  std::vector<std::string> one_of;
  std::vector<std::string> none_of;     // the whole value
  std::vector<std::string> no_item_of;  // an item of a comma-separated list
  std::vector<std::string> any_item_of;
  std::string min;
  std::vector<std::string> order;
};

bool among(const std::vector<std::string>& values, const std::string& value) {
  return std::any_of(values.begin(), values.end(),
                     [&](const auto& v) { return lower_case(v) == lower_case(value); });
}

std::vector<std::string> items_of(const std::string& list) {
  std::vector<std::string> items(1);
  for (const char c : list) {
    if (c == ',') {
      items.emplace_back();
    } else if (std::isspace(static_cast<unsigned char>(c)) == 0 && c != '"') {
      items.back() += c;
    }
  }
  return items;
}

std::size_t rank(const WantedValue& wanted, const std::string& value) {
  const auto at = std::find_if(wanted.order.begin(), wanted.order.end(),
                               [&](const auto& v) { return lower_case(v) == lower_case(value); });
  return static_cast<std::size_t>(at - wanted.order.begin());
}

bool holds(const WantedValue& wanted, const std::string& value) {
  if (!wanted.one_of.empty() && !among(wanted.one_of, value)) return false;
  if (among(wanted.none_of, value)) return false;
  if (!wanted.min.empty()) {
    // An empty minimum protocol version means that any is taken.
    const auto r = rank(wanted, value);
    if (r == wanted.order.size() || r < rank(wanted, wanted.min)) return false;
  }
  const auto items = items_of(value);
  if (!wanted.any_item_of.empty() &&
      std::none_of(items.begin(), items.end(),
                   [&](const auto& item) { return among(wanted.any_item_of, item); })) {
    return false;
  }
  return std::none_of(items.begin(), items.end(),
                      [&](const auto& item) { return among(wanted.no_item_of, item); });
}

std::string wanted_text(const WantedValue& wanted, const std::string& value) {
  if (!wanted.one_of.empty()) return fmt::format("it should be {}", listed(wanted.one_of));
  if (!wanted.min.empty()) return fmt::format("it should be {} or newer", wanted.min);
  for (const auto& item : items_of(value)) {
    if (among(wanted.no_item_of, item)) {
      return fmt::format("it should not contain `{}`", displayed(item));
    }
  }
  return wanted.any_item_of.empty() ? "it should not be"
                                    : "it should be " + wanted.any_item_of.front();
}

Finding finding_for(const Facts& facts, const WantedValue& wanted, const Setting& found,
                    const std::string& set) {
  Finding finding;
  finding.subject = {"setting", found.name, ""};
  const auto shown = found.value.empty() ? std::string("empty") : displayed(found.value);
  const bool of_platform =
      found.source.starts_with("default of ") || found.source.starts_with("added by ");
  const auto origin = found.source == "default" ? std::string(" (the default)")
                      : of_platform             ? fmt::format(" ({})", displayed(found.source))
                                                : "";
  finding.message =
      fmt::format("{} is {}{}; {}", found.name, shown, origin, wanted_text(wanted, found.value));
  if (!found.file.empty()) finding.location = facts.location(found.file, found.line);
  if (found.source == "command line") {
    finding.decision = "it is given on the server's command line: change it there";
  } else if (!set.empty()) {
    finding.remedies.emplace_back(ChangeSetting{found.name, set});
  }
  return finding;
}

// What is stored for the database or for the reader stands in front of the server's own value.
Verdict covered(const Cluster& cluster, const std::string& name) {
  return unseen(
      fmt::format("{} of the server is not known: what is stored for the database or for {} stands "
                  "in front of it, and postgresql.conf was not read",
                  name, displayed(cluster.reader)),
      fmt::format("GRANT pg_read_server_files, pg_read_all_settings TO {0}; GRANT EXECUTE ON "
                  "FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO {0}; "
                  "or give the file with --conf",
                  quote_identifier(cluster.reader)));
}

}  // namespace

Check setting(MapReader& with, MapReader& fix) {
  WantedValue wanted{with.text("name"),        with.texts("one_of"),      with.texts("none_of"),
                     with.texts("no_item_of"), with.texts("any_item_of"), with.text("min", ""),
                     with.texts("order")};
  const auto set = fix.text("set", "");
  const auto note = fix.text("note", "");
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::settings)) return *missing;
    const auto& cluster = facts.cluster();
    const auto* const found = cluster.find_setting(wanted.name);
    if (found == nullptr) {
      if (!cluster.hidden_settings) return {};  // this version has no such setting
      return unseen(fmt::format("{} is not shown: {}", wanted.name, cluster.hidden_settings->why),
                    cluster.hidden_settings->remedy);
    }
    if (found->source == "session") return covered(cluster, wanted.name);
    if (holds(wanted, found->value)) return {};
    auto finding = finding_for(facts, wanted, *found, set);
    if (!note.empty() && finding.decision.empty()) finding.decision = note;
    std::vector<Finding> findings;
    findings.push_back(std::move(finding));
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
