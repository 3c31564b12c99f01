// A row for each setting, and one for each value that the server does not take.
#include "report/setting_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "pg/secret_text.hpp"
#include "pg/setting_value.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

/// When a change is felt.
std::string_view takes_effect(SettingContext context) {
  switch (context) {
    case SettingContext::internal:
      return "never";
    case SettingContext::postmaster:
      return "restart";
    case SettingContext::sighup:
      return "reload";
    case SettingContext::superuser_backend:
    case SettingContext::backend:
      return "new connections";
    case SettingContext::superuser:
    case SettingContext::user:
      break;
  }
  return "at once";
}

class SettingReporter {
 public:
  SettingReporter(const Cluster& cluster, const SessionOf& session,
                  const std::vector<std::string>& names)
      : cluster_(cluster), session_(session), names_(names), graph_(cluster), rights_(graph_) {
    if (has_session()) table_.columns.insert(table_.columns.end() - 1, "stored_by");
  }

  /// What the server does not take: of the files, and of what is stored for the session.
  void problems() {
    for (const auto& p : cluster_.setting_problems) {
      if (!wanted(p.name)) continue;
      add(p.name, p.value, "configuration file", place(p.file, p.line), p.message);
    }
    for (const auto& stored : cluster_.role_settings) {
      if (!concerns(stored) || !wanted(stored.name)) continue;
      const auto* const info = find_setting_info(stored.name, cluster_.major());
      const auto why = info != nullptr ? value_error(stored.value, *info).value_or("")
                       : stored.name.find('.') == std::string::npos
                           ? "unknown setting" + other_version(stored.name, cluster_.major())
                           : "";
      if (why.empty()) continue;
      add(stored.name, stored.value, "", stored_where(stored.role, stored.database), why);
    }
  }

  void settings() {
    std::vector<std::string> found;
    for (const auto& s : settings_in_force(cluster_, session_)) {
      found.push_back(setting_key(s.name));
      const bool said = s.source != "default" && !is_a_fact(s);
      if (names_.empty() ? said : wanted(s.name)) setting(s);
    }
    if (cluster_.hidden_settings) hidden(found);
    for (const auto& name : names_) {
      if (!shown_.contains(setting_key(name))) refuse(name);
    }
  }

  SettingReport sorted() {
    std::stable_sort(table_.rows.begin(), table_.rows.end(), [](const auto& a, const auto& b) {
      return setting_key(std::get<std::string>(a[0])) < setting_key(std::get<std::string>(b[0]));
    });
    return {std::move(table_), unseen_};
  }

 private:
  bool has_session() const { return session_.role != no_role || session_.database != no_object; }

  bool wanted(const std::string& name) const {
    return names_.empty() || std::any_of(names_.begin(), names_.end(), [&](const auto& n) {
             const auto* const info = find_setting_info(n, cluster_.major());
             return setting_key(name) == setting_key(n) ||
                    (info != nullptr && setting_key(info->name) == setting_key(name));
           });
  }

  bool concerns(const RoleSetting& stored) const {
    return (stored.role == no_role || stored.role == session_.role) &&
           (stored.database == no_object || stored.database == session_.database);
  }

  // What nobody sets: how the server was built, the state of a transaction.
  bool is_a_fact(const Setting& s) const {
    const auto* const info = find_setting_info(s.name, cluster_.major());
    return info != nullptr &&
           (info->context == SettingContext::internal || s.name.starts_with("transaction_"));
  }

  static std::string place(const std::string& file, std::uint32_t line) {
    if (file.empty()) return "";
    return line == 0 ? file : fmt::format("{}:{}", file, line);
  }

  std::string stored_where(RoleId role, ObjectId database) const {
    const auto name = [&](ObjectId id) { return cluster_.object(id).name; };
    if (role == no_role && database == no_object) return "ALTER ROLE ALL";
    if (role == no_role) return "ALTER DATABASE " + name(database);
    const auto of_role = "ALTER ROLE " + cluster_.role_name(role);
    return database == no_object ? of_role : of_role + " IN DATABASE " + name(database);
  }

  std::string where(const Setting& s) const {
    if (s.source == "global") return stored_where(no_role, no_object);
    if (s.source == "database") return stored_where(no_role, session_.database);
    if (s.source == "user") return stored_where(session_.role, no_object);
    if (s.source == "database user") return stored_where(session_.role, session_.database);
    return place(s.file, s.line);
  }

  void setting(const Setting& s) {
    if (s.source != "session") return add(s.name, s.value, s.source, where(s), "");
    unseen_ = true;
    add(s.name, std::nullopt, "", "",
        "not known: pgleast's own session has another value, and postgresql.conf was not read; "
        "give the file with --conf");
  }

  void hidden(const std::vector<std::string>& found) {
    for (const auto* const info : settings_of_version(cluster_.major())) {
      const auto key = setting_key(info->name);
      const bool seen = std::binary_search(found.begin(), found.end(), key);
      if (seen || !wanted(std::string(info->name)) || is_never_shown(key)) continue;
      unseen_ = true;
      add(std::string(info->name), std::nullopt, "", "",
          fmt::format("not shown: {}; {}", cluster_.hidden_settings->why,
                      cluster_.hidden_settings->remedy));
    }
  }

  // pg_settings leaves them out whoever asks.
  static bool is_never_shown(const std::string& key) {
    constexpr std::string_view names[] = {
        "default_with_oids",     "is_superuser",           "role", "seed",
        "session_authorization", "ssl_renegotiation_limit"};
    return std::find(std::begin(names), std::end(names), key) != std::end(names);
  }

  [[noreturn]] void refuse(const std::string& name) const {
    std::vector<std::string> known;
    for (const auto* const info : settings_of_version(cluster_.major())) {
      known.push_back(setting_key(info->name));
    }
    const auto other = other_version(name, cluster_.major());
    fail_usage(fmt::format("there is no setting `{}` in version {}{}{}", displayed(name),
                           cluster_.major(), other,
                           other.empty() ? did_you_mean(setting_key(name), known) : ""));
  }

  void add(const std::string& name, const std::optional<std::string>& value,
           const std::string& source, const std::string& at, const std::string& problem) {
    shown_.insert(setting_key(name));
    const auto* const info = find_setting_info(name, cluster_.major());
    if (info != nullptr) shown_.insert(setting_key(info->name));
    for (const auto& n : names_) {
      if (info != nullptr && find_setting_info(n, cluster_.major()) == info) {
        shown_.insert(setting_key(n));  // an old name of it
      }
    }
    const auto or_null = [](const std::string& text) { return text.empty() ? Cell{} : Cell{text}; };
    std::vector<Cell> row{name, value ? Cell{masked_setting(name, *value)} : Cell{},
                          or_null(source), or_null(at)};
    if (info == nullptr) {
      row.resize(table_.columns.size() - 1);
    } else {
      row.emplace_back(std::string(to_string(info->context)));
      row.emplace_back(std::string(takes_effect(info->context)));
      row.push_back(set_by(*info));
      row.push_back(roles_that([&](RoleId role) { return rights_.may_alter_system(role, *info); },
                               may_be_altered_by_system(*info)));
      if (has_session()) {
        row.push_back(
            roles_that([&](RoleId role) { return rights_.may_store(role, session_, *info); },
                       info->context >= SettingContext::superuser));
      }
    }
    row.push_back(or_null(problem));
    table_.rows.push_back(std::move(row));
  }

  Cell set_by(const SettingInfo& info) const {
    using List = std::vector<std::string>;
    if (info.context == SettingContext::user) return List{"everyone"};
    return roles_that([&](RoleId role) { return rights_.may_set(role, info); },
                      info.context == SettingContext::superuser);
  }

  // `superusers` for all of them, and the others by name. Null where grants may exist that were
  // not seen.
  template <typename May>
  Cell roles_that(const May& may, bool possible) const {
    if (!possible) return std::vector<std::string>{};
    if (!cluster_.seen(Fact::roles) || !cluster_.seen(Fact::objects)) {
      if (cluster_.major() < 15) return std::vector<std::string>{"superusers"};
      return std::monostate{};
    }
    std::vector<std::string> names;
    bool superusers = false;
    for (std::uint32_t i = 0; i < cluster_.roles.size(); ++i) {
      const auto& role = cluster_.roles[i];
      if (role.dropped || !may(RoleId{i})) continue;
      if (role.superuser) {
        superusers = true;
      } else {
        names.push_back(role.name);
      }
    }
    std::sort(names.begin(), names.end());
    if (superusers) names.insert(names.begin(), "superusers");
    return names;
  }

  const Cluster& cluster_;
  SessionOf session_;
  const std::vector<std::string>& names_;
  Graph graph_;
  SettingRights rights_;
  Table table_{{"name", "value", "source", "where", "context", "takes_effect", "set_by",
                "alter_system_by", "problem"},
               {}};
  std::set<std::string> shown_;
  bool unseen_ = false;
};

}  // namespace

SettingReport setting_report(const Cluster& cluster, const SessionOf& session,
                             const std::vector<std::string>& names) {
  SettingReporter reporter(cluster, session, names);
  reporter.problems();
  reporter.settings();
  return reporter.sorted();
}

SettingReport setting_problems(const Cluster& cluster, const SessionOf& session,
                               const std::vector<std::string>& names) {
  SettingReporter reporter(cluster, session, names);
  reporter.problems();
  return reporter.sorted();
}

}  // namespace pgleast
