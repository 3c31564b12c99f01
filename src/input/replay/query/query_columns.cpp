// Which columns a query returns, by the names that the server gives them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "input/replay/query/query.hpp"

namespace pgleast {
namespace {

using Names = std::vector<std::string>;
using MaybeNames = std::optional<Names>;

class Query {
 public:
  explicit Query(const SqlCatalog& catalog) : catalog_(catalog) {}

  MaybeNames columns(const SqlNode& node) {
    // A query inside a query is looked at more than once.
    if (++looked_at_ > 20000) throw Undecidable{"a query that is too deep"};
    const auto& select = inside(node, "SelectStmt");
    const auto before = with_;
    for (const auto& item : list_at(node_at(select, "withClause"), "ctes")) {
      const auto& cte = inside(item, "CommonTableExpr");
      auto names = strings_of(list_at(cte, "aliascolnames"));
      const auto own = with_query(text_at(cte, "ctename"), node_at(cte, "ctequery"));
      if (own && names.size() < own->size()) {
        names.insert(names.end(), own->begin() + static_cast<std::ptrdiff_t>(names.size()),
                     own->end());
      }
      with_[text_at(cte, "ctename")] = own ? MaybeNames(names) : std::nullopt;
    }
    auto result = own_columns(select);
    with_ = before;
    return result;
  }

 private:
  struct Range {
    std::string alias;
    MaybeNames columns;
    bool by_name_only = false;  // a part of a join that merges columns
  };

  /// A recursive one has the names of its first part.
  MaybeNames with_query(const std::string& name, const SqlNode& query) {
    if (!query.contains("SelectStmt")) return std::nullopt;
    with_[name] = std::nullopt;
    return columns(query);
  }

  MaybeNames own_columns(const SqlNode& select) {
    const auto operation = text_at(select, "op");
    if (!operation.empty() && operation != "SETOP_NONE") return columns(node_at(select, "larg"));
    const auto& values = list_at(select, "valuesLists");
    if (!values.empty()) {
      Names names;
      for (std::size_t i = 0; i < items_of(values.front()).size(); ++i) {
        names.push_back(fmt::format("column{}", i + 1));
      }
      return names;
    }
    std::vector<Range> ranges;
    for (const auto& item : list_at(select, "fromClause")) add_range(item, ranges);
    scopes_.push_back(ranges);
    check_columns(select);
    Names names;
    bool known = true;
    for (const auto& item : list_at(select, "targetList")) {
      known = known && take_target(inside(item, "ResTarget"), ranges, names);
    }
    scopes_.pop_back();
    return known ? MaybeNames(names) : std::nullopt;
  }

  /// Every column that is named is one of a relation there, of an outer query's, or of the result.
  void check_columns(const SqlNode& select) {
    std::set<std::string> results;
    for (const auto& item : list_at(select, "targetList")) {
      results.insert(text_at(inside(item, "ResTarget"), "name"));
    }
    for (const char* const part : {"targetList", "whereClause", "havingClause"}) {
      check_names(node_at(select, part), {});
    }
    for (const char* const part : {"groupClause", "sortClause", "distinctClause"}) {
      check_names(node_at(select, part), results);
    }
  }

  void check_names(const SqlNode& node, const std::set<std::string>& results) {
    if (node.is_array()) {
      for (const auto& item : node) check_names(item, results);
    } else if (node.is_object()) {
      for (const auto& [key, value] : node.items()) {
        if (key == "SelectStmt") {
          columns(value);
        } else if (key == "ColumnRef") {
          check_column(list_at(value, "fields"), results);
        } else if (value.is_structured()) {
          check_names(value, results);
        }
      }
    }
  }

  void check_column(const SqlNode& fields, const std::set<std::string>& results) const {
    constexpr std::array<std::string_view, 6> of_system{"ctid", "xmin",     "xmax",
                                                        "cmin", "tableoid", "cmax"};
    if (fields.size() != 1 || !fields.front().contains("String")) return;
    const auto name = string_of(fields.front());
    if (results.contains(name)) return;
    if (std::find(of_system.begin(), of_system.end(), name) != of_system.end()) return;
    for (const auto& scope : scopes_) {
      for (const auto& range : scope) {
        if (!range.columns || range.alias == name) return;
        const auto& all = *range.columns;
        if (std::find(all.begin(), all.end(), name) != all.end()) return;
      }
    }
    throw Refused(Condition::undefined_column, fmt::format("column `{}` does not exist", name),
                  name);
  }

  bool take_target(const SqlNode& target, const std::vector<Range>& ranges, Names& names) {
    const auto given = text_at(target, "name");
    const auto& value = node_at(target, "val");
    const auto& fields = list_at(node_at(value, "ColumnRef"), "fields");
    const bool star = !fields.empty() && fields.back().contains("A_Star");
    if (!star) {
      names.push_back(given.empty() ? name_of(value).value_or("?column?") : given);
      return true;
    }
    const auto of = fields.size() > 1 ? string_of(fields[fields.size() - 2]) : "";
    bool any = false;
    for (const auto& range : ranges) {
      if (of.empty() ? range.by_name_only : range.alias != of) continue;
      if (!range.columns) return false;
      names.insert(names.end(), range.columns->begin(), range.columns->end());
      any = true;
      if (!of.empty()) break;
    }
    return any;
  }

  static void rename(Range& range, const SqlNode& alias) {
    if (alias.empty()) return;
    range.alias = text_at(alias, "aliasname");
    const auto names = strings_of(list_at(alias, "colnames"));
    if (!range.columns) return;
    for (std::size_t i = 0; i < names.size() && i < range.columns->size(); ++i) {
      (*range.columns)[i] = names[i];
    }
  }

  void add_range(const SqlNode& item, std::vector<Range>& ranges) {
    if (item.contains("JoinExpr")) return add_join(item["JoinExpr"], ranges);
    Range range;
    const SqlNode* alias = nullptr;
    if (item.contains("RangeVar")) {
      const auto& r = item["RangeVar"];
      range = of_relation(relation_name(r));
      alias = &node_at(r, "alias");
    } else if (item.contains("RangeSubselect")) {
      const auto& r = item["RangeSubselect"];
      range.columns = columns(node_at(r, "subquery"));
      alias = &node_at(r, "alias");
    } else if (item.contains("RangeFunction")) {
      const auto& r = item["RangeFunction"];
      alias = &node_at(r, "alias");
      const auto definitions = list_at(r, "coldeflist");
      range.columns = of_function(r, *alias);
      if (!definitions.empty()) {
        range.columns.emplace();
        for (const auto& d : definitions) {
          range.columns->push_back(text_at(inside(d, "ColumnDef"), "colname"));
        }
      }
    }
    if (alias != nullptr) rename(range, *alias);
    ranges.push_back(std::move(range));
  }

  /// One function that gives one column has its name, or the alias.
  MaybeNames of_function(const SqlNode& range, const SqlNode& alias) const {
    constexpr std::array<std::string_view, 8> plain{
        "generate_series", "unnest",           "jsonb_array_elements_text", "regexp_split_to_table",
        "string_to_table", "json_object_keys", "jsonb_object_keys",         "regexp_matches"};
    const auto& functions = list_at(range, "functions");
    if (functions.size() != 1 || truth_at(range, "ordinality")) return std::nullopt;
    const auto& items = items_of(functions.front());
    if (items.empty() || !items.front().contains("FuncCall")) return std::nullopt;
    const auto name = qualified_name_of(list_at(items.front()["FuncCall"], "funcname")).name;
    const auto names = strings_of(list_at(alias, "colnames"));
    if (names.size() == 1) return names;
    if (std::find(plain.begin(), plain.end(), name) == plain.end()) return std::nullopt;
    return Names{alias.empty() ? name : text_at(alias, "aliasname")};
  }

  Range of_relation(const QualifiedName& name) const {
    Range result{name.name, std::nullopt};
    const auto with = with_.find(name.name);
    if (name.schema.empty() && with != with_.end()) {
      result.columns = with->second;
      return result;
    }
    const auto id = relation_or_none(catalog_, name);
    if (id == no_entity || catalog_.at(id).object == no_object) return result;
    const auto& object = catalog_.object(id);
    if (object.kind == ObjectKind::sequence) {
      result.columns = Names{"last_value", "log_cnt", "is_called"};
    } else if (object.kind == ObjectKind::table && !object.system) {
      result.columns.emplace();
      for (const auto& c : catalog_.cluster().relation(object).columns) {
        result.columns->push_back(c.name);
      }
    }
    return result;
  }

  // Columns of USING come first and once.
  void add_join(const SqlNode& join, std::vector<Range>& ranges) {
    std::vector<Range> left, right;
    add_range(node_at(join, "larg"), left);
    add_range(node_at(join, "rarg"), right);
    auto merged = strings_of(list_at(join, "usingClause"));
    if (truth_at(join, "isNatural")) merged = common_names(left, right);
    const auto& alias = node_at(join, "alias");
    if (merged.empty() && alias.empty()) {
      ranges.insert(ranges.end(), left.begin(), left.end());
      ranges.insert(ranges.end(), right.begin(), right.end());
      return;
    }
    Range all{"", merged};
    for (const auto* const side : {&left, &right}) {
      for (const auto& range : *side) {
        if (range.by_name_only) continue;
        if (!range.columns) all.columns = std::nullopt;
        if (!all.columns) continue;
        for (const auto& name : *range.columns) {
          const bool once = std::find(merged.begin(), merged.end(), name) != merged.end();
          if (!once) all.columns->push_back(name);
        }
      }
    }
    rename(all, alias);
    ranges.push_back(std::move(all));
    if (!alias.empty()) return;
    for (auto* const side : {&left, &right}) {
      for (auto& range : *side) {
        range.by_name_only = true;
        ranges.push_back(std::move(range));
      }
    }
  }

  static Names common_names(const std::vector<Range>& left, const std::vector<Range>& right) {
    Names result;
    std::set<std::string> there;
    for (const auto& range : right) {
      if (range.columns) there.insert(range.columns->begin(), range.columns->end());
    }
    for (const auto& range : left) {
      if (!range.columns) continue;
      for (const auto& name : *range.columns) {
        if (there.contains(name)) result.push_back(name);
      }
    }
    return result;
  }

  // FigureColnameInternal: a weak name yields to a better one.
  struct Figured {
    std::string name;
    bool strong = true;
  };

  std::optional<std::string> name_of(const SqlNode& value) {
    const auto figured = figure(value);
    return figured ? std::optional(figured->name) : std::nullopt;
  }

  std::optional<Figured> figure(const SqlNode& value) {
    if (!value.is_object() || value.empty()) return std::nullopt;
    const auto& kind = value.begin().key();
    const auto& node = value.begin().value();
    if (kind == "ColumnRef") return Figured{strings_of(list_at(node, "fields")).back()};
    if (kind == "FuncCall") return Figured{qualified_name_of(list_at(node, "funcname")).name};
    if (kind == "A_Indirection") {
      const auto fields = strings_of(list_at(node, "indirection"));
      for (auto i = fields.rbegin(); i != fields.rend(); ++i) {
        if (!i->empty()) return Figured{*i};
      }
      return figure(node_at(node, "arg"));
    }
    if (kind == "TypeCast") {
      auto inner = figure(node_at(node, "arg"));
      if (inner && inner->strong) return inner;
      return Figured{qualified_name_of(list_at(node_at(node, "typeName"), "names")).name, false};
    }
    if (kind == "CollateClause") return figure(node_at(node, "arg"));
    if (kind == "CaseExpr") {
      auto inner = figure(node_at(node, "defresult"));
      if (inner && inner->strong) return inner;
      return Figured{"case", false};
    }
    if (kind == "SubLink") return of_sublink(node);
    if (kind == "A_Expr" && text_at(node, "kind") == "AEXPR_NULLIF") return Figured{"nullif"};
    if (kind == "MinMaxExpr") {
      return Figured{text_at(node, "op") == "IS_LEAST" ? "least" : "greatest"};
    }
    if (kind == "SQLValueFunction") return of_value_function(text_at(node, "op"));
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> fixed{{
        {"A_ArrayExpr", "array"},
        {"RowExpr", "row"},
        {"CoalesceExpr", "coalesce"},
        {"GroupingFunc", "grouping"},
        {"XmlSerialize", "xmlserialize"},
    }};
    for (const auto& [node_kind, name] : fixed) {
      if (kind == node_kind) return Figured{std::string(name)};
    }
    return std::nullopt;
  }

  std::optional<Figured> of_sublink(const SqlNode& node) {
    const auto type = text_at(node, "subLinkType");
    if (type == "EXISTS_SUBLINK") return Figured{"exists"};
    if (type == "ARRAY_SUBLINK") return Figured{"array"};
    if (type != "EXPR_SUBLINK") return std::nullopt;
    const auto names = columns(node_at(node, "subselect"));
    if (!names || names->empty()) return std::nullopt;
    return Figured{names->front()};
  }

  // SVFOP_CURRENT_TIMESTAMP_N: `current_timestamp`
  static Figured of_value_function(std::string operation) {
    if (operation.starts_with("SVFOP_")) operation.erase(0, 6);
    if (operation.ends_with("_N")) operation.resize(operation.size() - 2);
    for (char& c : operation) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return {operation};
  }

  const SqlCatalog& catalog_;
  std::map<std::string, MaybeNames> with_;
  std::vector<std::vector<Range>> scopes_;
  std::size_t looked_at_ = 0;
};

}  // namespace

MaybeNames query_columns(const SqlCatalog& catalog, const SqlNode& query) {
  return Query(catalog).columns(query);
}

}  // namespace pgleast
