// psql's own commands in a script, `\i` and `\c` among them, and the session.
#include <fmt/format.h>

#include <utility>

#include "input/replay/psql_command.hpp"
#include "input/replay/script_session.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/setting_value.hpp"
#include "text/display.hpp"

namespace pgleast {

void Replay::follow_command(const PsqlItem& item) {
  if (item.command == "c" || item.command == "connect") {
    const bool unknown = item.arguments.find(':') != std::string::npos;
    if (!unknown && cluster_.seen(Fact::roles)) return connect(item);
    close();
    touch(item, touches::roles | touches::objects);
  }
  const bool here = item.command == "i" || item.command == "include";
  if (here || item.command == "ir" || item.command == "include_relative") {
    return include(item, !here);
  }
  if (item.command == "set" || item.command == "unset") set_variable(item);
  if (item.command == "copy") doubt(item);
  const auto touched = touched_by_command(item.command);
  if (item.command == "copy" || touched != touches::nothing) catalog_.forget_rows();
  touch(item, touched);
}

void Replay::set_variable(const PsqlItem& item) {
  const auto words = command_words(item.arguments);
  if (words.empty()) return;
  const bool on = item.command == "set" &&
                  (words.size() < 2 || words[1].empty() || parse_bool(words[1]).value_or(true));
  if (words[0] == "ON_ERROR_STOP") stops_ = on;
  const bool other = (words[0] == "AUTOCOMMIT" && !on) || (words[0] == "ON_ERROR_ROLLBACK" && on);
  if (other) touch(item, touches::anything, words[0]);
}

FileText Replay::included_text(std::string& path, bool is_beside) const {
  const auto other = beside(report_.script().name(), path);
  if (is_beside) path = other;
  auto found = files_.read(path);
  if (!found.missing || is_beside || other == path) return found;
  auto second = files_.read(other);
  if (second.text) path = other;
  return second.text ? second : found;
}

void Replay::include(const PsqlItem& item, bool is_beside) {
  constexpr std::size_t deepest = 20, most = 5000;
  const auto words = command_words(item.arguments);
  const bool known = words.size() == 1 && words[0] != "-" && words[0][0] != '~' &&
                     words[0][0] != '|' && item.arguments.find(':') == std::string::npos;
  if (!files_.read || !known) return touch(item, touches::anything);
  if (depth_ >= deepest || included_.size() >= most) {
    return touch(item, touches::anything, "scripts in scripts without an end");
  }
  auto path = words[0];
  auto found = included_text(path, is_beside);
  if (!found.text) {
    return touch(item, touches::anything, fmt::format("{}: {}", path, found.why));
  }
  included_.emplace_back(path, std::move(*found.text));
  const auto& outer = report_.script();
  report_.read(included_.back());
  ++depth_;
  follow_script();
  --depth_;
  report_.read(outer);
}

void Replay::start_session() {
  roles_.run_as(no_role, no_role);
  const auto user = bootstrap_superuser(cluster_);
  const bool named = catalog_.database_named(cluster_.name) != no_object;
  catalog_.start_session(named ? cluster_.name : "postgres", user);
}

void Replay::close() {
  if (transactions_.is_open()) {
    report_.add_refused(*begun_in_, begun_, "the transaction is never committed");
  }
  transactions_.end_session();
  catalog_.forget_kept_rows();
}

void Replay::connect(const PsqlItem& item) {
  const auto words = connection_words(item.arguments);
  const auto session = catalog_.session();
  close();
  if (!words.user.empty() && !cluster_.find_role(words.user)) {
    const auto why = fmt::format("role `{}` does not exist", words.user);
    return touch(item, touches::roles | touches::objects, why);
  }
  if (assumer_.is_assumed_role(words.user)) {
    touch(item, touches::anything, fmt::format("what role {} may do is not known", words.user));
  }
  try {
    connect(words.user.empty() ? session.authenticated : roles_.named(words.user),
            words.database.empty() ? session.database : connected_database(words.database),
            words.database);
    lost_ = false;
    const auto code = runner_.may_change_at_login();
    touch(item, code.touched, code.why);
  } catch (const Refused& e) {
    refuse(item.span, e.what());
    lost_ = true;
  }
}

void Replay::connect(RoleId user, ObjectId database, const std::string& wanted) {
  if (database == no_object) {
    throw Refused(Condition::invalid_catalog_name,
                  fmt::format("database `{}` does not exist", wanted));
  }
  const auto name = cluster_.object(database).name;
  const bool known = user == no_role || !assumer_.is_assumed_role(cluster_.role(user).name);
  if (user != no_role && known && !cluster_.role(user).login) {
    throw Refused(Condition::invalid_authorization_specification,
                  fmt::format("role `{}` is not permitted to log in", cluster_.role(user).name));
  }
  if (!cluster_.databases[cluster_.object(database).detail].allows_connections) {
    throw Refused(Condition::object_not_in_prerequisite_state,
                  fmt::format("database `{}` is not currently accepting connections", name));
  }
  catalog_.start_session(name, user);
  if (user != no_role && !catalog_.held(user, database).has(Privilege::connect)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for database `{}`", name));
  }
  runner_.end_session();
}

ObjectId Replay::connected_database(const std::string& name) {
  const auto found = catalog_.database_named(name);
  if (found != no_object || !cluster_.server.empty()) return found;
  runner_.take_as_there(name);
  cluster_.remarks.push_back(
      {fmt::format("no script makes database {}: taken as new", displayed(name)), ""});
  return catalog_.database_named(name);
}

}  // namespace pgleast
