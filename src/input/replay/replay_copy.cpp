// COPY ... FROM STDIN in a script: rows, or statements where the server refuses it.
#include "input/replay/psql_command.hpp"
#include "input/replay/script_session.hpp"

namespace pgleast {

bool Replay::takes_data(const PsqlItem& item, Span data) {
  if (lost_ || transactions_.has_failed()) {
    refused_rows_end_ = data.end;
    refused_rows_depth_ = depth_;
    return false;
  }
  try {
    check_copy(item);
    if (!may_be_read_only_ && !unsure_transaction_) return true;
    touch_as_sql(item, data, "COPY may be refused in this transaction");
  } catch (const SqlSyntaxError&) {
    return false;
  } catch (const Refused& e) {
    const bool is_command = item.kind == PsqlItem::Kind::command;
    if (!is_unsure() && !may_be_there(e)) {
      if (!is_command) refuse(place_of(item, e.name()), e.what());
      refused_rows_end_ = data.end;
      refused_rows_depth_ = depth_;
      return false;
    }
    touch_as_sql(item, data, e.what());
    swallowed_ = !is_blank(data);
  } catch (const Undecidable& e) {
    touch_as_sql(item, data, e.why);
    swallowed_ = !is_blank(data);
  }
  return true;
}

void Replay::check_copy(const PsqlItem& item) {
  if (item.kind == PsqlItem::Kind::statement) return runner_.check_copy(text(), item);
  const auto statement = "COPY" + item.arguments;
  PsqlScript items(statement);
  const auto copy = items.next();
  if (!copy || copy->kind != PsqlItem::Kind::statement) throw Undecidable{"\\copy"};
  runner_.check_copy(statement, *copy);
}

bool Replay::is_blank(Span data) const {
  const auto lines = text().substr(data.begin, data.end - data.begin);
  return lines == "\\." || lines == "\\.\r" || lines.empty();
}

void Replay::touch_as_sql(const PsqlItem& item, Span data, const std::string& why) {
  const auto lines = text().substr(data.begin, data.end - data.begin);
  PsqlScript items(lines);
  while (const auto inner = items.next()) {
    const bool command = inner->kind == PsqlItem::Kind::command;
    const bool matters =
        command
            ? touched_by_command(inner->command) != touches::nothing || inner->command == "c" ||
                  inner->command == "connect" || inner->command == "i" || inner->command == "ir" ||
                  inner->command == "include" || inner->command == "include_relative"
            : first_words_of(*inner) != nullptr && !sql_syntax_error(lines, *inner);
    if (!matters) continue;
    return touch(item, touches::anything, why + ": then what follows is no data");
  }
}

void Replay::follow_swallowed(const PsqlItem& s, bool copies) {
  swallowed_ = copies;
  const auto* const kind = first_words_of(s);
  if (kind == nullptr) return;
  const bool of_roles = kind->followed == Followed::by_action && !is_on_objects(s);
  touch(s, kind->touched | (of_roles ? touches::roles : touches::nothing),
        "it may have been taken for the end of rows");
}

}  // namespace pgleast
