#include "report/access_report.hpp"

#include <functional>
#include <vector>

#include "report/explanation.hpp"
#include "report/rows.hpp"

namespace pgleast {
namespace {

class AccessRow {
 public:
  AccessRow(AccessAnswer& answer, std::size_t columns) : answer_(answer), cells_(columns) {}

  /// Until the next call.
  const TableRow& of(RoleId role, const AccessItem& found, Privilege p) {
    const auto& items = answer_.items();
    const auto& cluster = answer_.graph().cluster();
    const auto& object = cluster.object(found.object);
    const auto borrow = [&](std::size_t i, std::string_view text) {
      cells_[i] = BorrowedText{text};
    };
    borrow(0, cluster.role(role).name);
    borrow(1, info(items.kind_of(found)).name);
    if (found.column) {
      cells_[2] = items.identity_of(found);
    } else {
      borrow(2, object.identity);
    }
    borrow(3, info(p).keyword);
    if (found.held.grantable.has(p) || !answer_.may_hold_more(role)) {
      cells_[4] = found.held.grantable.has(p);
    } else {
      borrow(4, "unknown");
    }
    borrow(5, answer_.nearest_way(role, found, p));
    if (cells_.size() > 6) {
      borrow(6, object.database == no_object ? std::string_view()
                                             : cluster.object(object.database).name);
    }
    return cells_;
  }

 private:
  AccessAnswer& answer_;
  TableRow cells_;
};

}  // namespace

void write_access(AccessAnswer& answer, const std::string& format, const Write& write) {
  std::vector<std::string> columns{"role", "kind", "object", "privilege", "grantable", "via"};
  if (answer.has_several_databases()) columns.emplace_back("database");
  AccessRow row(answer, columns.size());
  const auto rows = [&](const std::function<void(const TableRow&)>& take) {
    answer.each_held(
        [&](RoleId role, const AccessItem& found, Privilege p) { take(row.of(role, found, p)); });
  };
  write_rows(columns, rows, format, write);
}

void write_explanations(AccessAnswer& answer, const std::string& format, const Write& write) {
  Explainer explainer(answer.graph());
  const auto& items = answer.items();
  const bool json = format == "json";
  bool any = false;
  const auto take = [&](RoleId role, const AccessItem& item, Privilege p) {
    const AskedCell cell{role,
                         item.object,
                         item.column,
                         p,
                         std::string(info(items.kind_of(item)).name),
                         items.identity_of(item),
                         answer.may_hold_more(role)};
    if (json) write(any ? ",\n" : "[\n");
    write(json ? explainer.json(cell) : explainer.text(cell));
    any = true;
  };
  answer.each_held(take);
  if (!any) answer.each_named(take);
  if (json) return write(any ? "\n]\n" : "[]\n");
  if (!any)
    write(answer.unknown() ? "no such privilege is known\n" : "no such privilege is held\n");
}

}  // namespace pgleast
