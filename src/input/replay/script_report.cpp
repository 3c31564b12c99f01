#include "input/replay/script_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/first_words.hpp"
#include "model/fresh_cluster.hpp"
#include "text/display.hpp"

namespace pgleast {

void ScriptReport::add_syntax_error(const PsqlItem& s, const SqlSyntaxError& error) {
  const bool at_end = error.span.end <= error.span.begin;
  const auto span = at_end ? Span{s.span.end, s.span.end} : error.span;
  const auto& source = shown(script());
  const auto word =
      source.text().substr(span.begin, std::min<std::size_t>(60, span.end - span.begin));
  const auto where = at_end ? std::string(" at the end of the statement")
                            : fmt::format(" at `{}`", displayed(word));
  problems_.syntax.push_back(make_diagnostic(source, span, displayed(error.message) + where));
}

void ScriptReport::add_refused(const Source& script, Span span, const std::string& message) {
  problems_.refused.push_back(make_diagnostic(shown(script), span, displayed(message)));
}

void ScriptReport::add_untold(const PsqlItem& item, Touched touched, const std::string& why,
                              bool only_adds) {
  for (std::size_t i = 0; i < fact_count; ++i) {
    const auto fact = static_cast<Fact>(i);
    if ((touched & bit(fact)) == 0) continue;
    auto& untold = untold_[fact];
    untold.only_adds = untold.only_adds && only_adds;
    if (untold.count++ > 0) continue;
    untold.first = fmt::format("{}:{}: {}{}", displayed(script().name()),
                               script().position(item.span.begin).line, displayed(called(item)),
                               why.empty() ? "" : ": " + displayed(why));
  }
}

SqlProblems ScriptReport::finish(SqlCatalog& catalog, Assumptions* assumptions) {
  const auto name = displayed(outermost_.name());
  remark_refused(name);
  if (catalog.touched() && is_untouched(cluster_)) cluster_.unseen.erase(Fact::objects);
  remark_code(catalog, name);
  for (const auto& [fact, untold] : untold_) {
    auto why = fmt::format("not followed, though {} may change: {} of {} (first: {})",
                           fact == Fact::roles ? "roles and memberships" : "this",
                           counted(untold.count, "statement"), name, untold.first);
    if (assumptions != nullptr && fact == Fact::objects && untold.only_adds &&
        cluster_.seen(Fact::objects)) {
      assumptions->left_out.push_back(std::move(why));
    } else {
      forget(fact, {std::move(why), "audit a server on which it was run"});
    }
  }
  return std::move(problems_);
}

void ScriptReport::remark_refused(const std::string& name) {
  if (problems_.refused.empty()) return;
  const auto& first = problems_.refused.front();
  cluster_.remarks.push_back(
      {fmt::format("refused by the server, so left out: {} of {} (first: {}:{}:{}: {})",
                   counted(problems_.refused.size(), "statement"), name, displayed(first.file),
                   first.at->line, first.at->column, first.message),
       ""});
}

void ScriptReport::remark_code(SqlCatalog& catalog, const std::string& name) {
  if (catalog.changed() && cluster_.seen(Fact::code) && !catalog.is_of_scripts()) {
    cluster_.unseen[Fact::code] = {
        fmt::format("code in SQL scripts is not read, and {} may change some", name),
        "audit a server on which it was run"};
  }
  for (const auto& extension : std::exchange(catalog.new_extensions, {})) {
    // A platform's own are as known as the rest of it.
    if (name.starts_with("prelude ")) continue;
    cluster_.remarks.push_back(
        {fmt::format("what extension {} brings is not in {}", displayed(extension), name),
         "audit a server on which it was run"});
  }
}

void ScriptReport::forget(Fact fact, const Unseen& why) {
  const bool nothing_yet = fact == Fact::objects && is_untouched(cluster_);
  if (cluster_.seen(fact) || nothing_yet) cluster_.unseen[fact] = why;
  // Whose password is what, for there may be other roles.
  if (fact == Fact::roles && cluster_.seen(Fact::passwords)) cluster_.unseen[Fact::passwords] = why;
}

/// The script without what is secret in it; most scripts need none.
const Source& ScriptReport::shown(const Source& script) {
  const auto found = shown_.find(&script);
  if (found != shown_.end()) return found->second;
  return shown_.emplace(&script, Source(script.name(), starred_sql(script.text()))).first->second;
}

}  // namespace pgleast
