#include <algorithm>

#include "input/sql/parser.hpp"
#include "input/sql/psql_script.hpp"
#include "support/damage.hpp"

namespace pgleast::test {
namespace {

std::vector<PsqlItem> items_of(const std::string& script) {
  std::vector<PsqlItem> items;
  PsqlScript reader(script);
  while (auto item = reader.next()) items.push_back(std::move(*item));
  return items;
}

// Not those of a transaction: what is undone is known.
std::vector<PsqlItem> statements_of(const std::string& script) {
  auto items = items_of(script);
  std::erase_if(items, [](const PsqlItem& item) {
    if (item.kind != PsqlItem::Kind::statement || item.tokens.size() < 3) return true;
    const auto& first = item.tokens.front();
    return first.is("begin") || first.is("commit") || first.is("rollback");
  });
  return items;
}

bool is_name(const SqlToken& token) {
  return token.kind == SqlToken::Kind::word || token.kind == SqlToken::Kind::quoted;
}

// CREATE ROLE ${role}: a template that nothing was put into.
bool placeholder(InputTexts& texts, Random& random, const std::vector<const char*>& forms) {
  const auto statements = statements_of(texts.sql);
  if (statements.empty()) return false;
  const auto& tokens = statements[pick(random, statements.size())].tokens;
  std::vector<Span> names;
  // The first words say what kind of statement it is.
  for (std::size_t i = 2; i < tokens.size(); ++i) {
    if (is_name(tokens[i])) names.push_back(tokens[i].span);
  }
  if (names.empty()) return false;
  const auto at = names[pick(random, names.size())];
  texts.sql.replace(at.begin, at.end - at.begin, forms[pick(random, forms.size())]);
  return true;
}

bool template_placeholder(InputTexts& texts, Random& random) {
  return placeholder(texts, random, {"${name}", "{{ name }}", "<name>", "#{name}"});
}

bool psql_variable(InputTexts& texts, Random& random) {
  return placeholder(texts, random, {":name", ":\"name\""});
}

// The statement is there, behind something that no reader follows.
bool statement_not_followed(InputTexts& texts, Random& random) {
  const auto statements = statements_of(texts.sql);
  if (statements.empty()) return false;
  const auto at = statements[pick(random, statements.size())].span;
  const auto statement = texts.sql.substr(at.begin, at.end - at.begin);
  const std::vector<std::string> forms{
      "DO LANGUAGE plperlu $d$ spi_exec_query(q{" + statement + "}) $d$",
      "SELECT do_it($d$" + statement + "$d$)",
      "CALL do_it($d$" + statement + "$d$)",
      "DO $d$ BEGIN PERFORM do_it($x$" + statement + "$x$); END $d$",
      "SELECT do_it($d$" + statement + "$d$) \\gexec\nSELECT 1",
      "SELECT 1;\n\\! psql -f elsewhere.sql\nSELECT 1",
      "SELECT 1;\n\\i :elsewhere\nSELECT 1",
  };
  texts.sql.replace(at.begin, at.end - at.begin, forms[pick(random, forms.size())]);
  return true;
}

bool syntax_error(InputTexts& texts, Random& random) {
  const auto statements = statements_of(texts.sql);
  if (statements.empty()) return false;
  const auto& tokens = statements[pick(random, statements.size())].tokens;
  texts.sql.insert(tokens[pick(random, tokens.size())].span.end, " ) ");
  return true;
}

// Of newer versions a statement that is not understood may be new SQL.
bool is_of_the_grammar(const InputTexts& texts) { return !is_newer_than_grammar(texts.major); }

bool script_cut(InputTexts& texts, Random& random) {
  auto statements = statements_of(texts.sql);
  std::erase_if(statements, [](const PsqlItem& s) { return s.tokens.front().is("select"); });
  if (statements.empty() || !is_of_the_grammar(texts)) return false;
  // Only SELECT is a statement by its first word alone.
  texts.sql.resize(statements[pick(random, statements.size())].tokens.front().span.end);
  return true;
}

bool middle_of_statement_cut_out(InputTexts& texts, Random& random) {
  const auto statements = statements_of(texts.sql);
  if (statements.empty() || !is_of_the_grammar(texts)) return false;
  const auto& tokens = statements[pick(random, statements.size())].tokens;
  // With the next statement it makes none.
  const auto begin = tokens.front().span.end;
  texts.sql.erase(begin, std::min(tokens.back().span.end + 1, texts.sql.size()) - begin);
  return true;
}

// \ir part.sql, with some statements, and it is not there.
bool included_script_missing(InputTexts& texts, Random& random) {
  const auto statements = statements_of(texts.sql);
  if (statements.empty()) return false;
  const auto first = pick(random, statements.size());
  const auto last = first + pick(random, std::min<std::size_t>(3, statements.size() - first));
  const auto begin = statements[first].span.begin;
  const auto end = std::min(texts.sql.find(';', statements[last].span.end), texts.sql.size());
  texts.sql.replace(begin, end - begin, "SELECT 1;\n\\ir part.sql\nSELECT 1");
  return true;
}

std::size_t some_line(const std::string& text, Random& random) {
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\\')) starts.push_back(i + 1);
  }
  return starts[pick(random, starts.size())];
}

bool bad_record(InputTexts& texts, Random& random) {
  if (texts.hba.empty()) return false;
  const std::vector<const char*> lines{"host all all 10.0.0.0/8 ${method}\n", "host all all\n",
                                       "hostsl all all 10.0.0.0/8 md5\n", "{{ records }}\n",
                                       "host all all 10.0.0.0/99 md5\n"};
  texts.hba.insert(some_line(texts.hba, random), lines[pick(random, lines.size())]);
  return true;
}

bool records_cut(InputTexts& texts, Random& random) {
  if (texts.hba.empty()) return false;
  texts.hba.resize(some_line(texts.hba, random));
  texts.hba += "host al";
  return true;
}

bool included_records_missing(InputTexts& texts, Random& random) {
  if (texts.hba.empty() || texts.major < 16) return false;
  texts.hba.insert(some_line(texts.hba, random), "include \"missing.conf\"\n");
  return true;
}

bool bad_mapping(InputTexts& texts, Random& random) {
  if (texts.ident.empty()) return false;
  const std::vector<const char*> lines{"m deploy\n", "m /( app\n", "include_dir 'missing'\n"};
  texts.ident.insert(some_line(texts.ident, random), lines[pick(random, lines.size())]);
  return true;
}

bool bad_entry(InputTexts& texts, Random& random) {
  if (texts.conf.empty()) return false;
  const std::vector<const char*> lines{"port = ${port}\n", "no_such_setting = 1\n",
                                       "ssl = perhaps\n", "include 'missing.conf'\n",
                                       "log_line_prefix = '\n"};
  texts.conf.insert(some_line(texts.conf, random), lines[pick(random, lines.size())]);
  return true;
}

bool file_not_given(InputTexts& texts, Random& random) {
  const std::vector<std::string*> files{&texts.sql, &texts.hba, &texts.ident, &texts.conf};
  std::vector<std::string*> given;
  for (auto* const file : files) {
    if (!file->empty()) given.push_back(file);
  }
  if (given.size() < 2) return false;
  given[pick(random, given.size())]->clear();
  return true;
}

}  // namespace

std::size_t pick(Random& random, std::size_t end) { return random() % end; }

const std::vector<TextDamage> text_damages{
    {"placeholder in a script", template_placeholder},
    {"psql variable", psql_variable},
    {"statement not followed", statement_not_followed},
    {"syntax error", syntax_error},
    {"script cut in a statement", script_cut},
    {"middle of a statement cut out", middle_of_statement_cut_out},
    {"included script missing", included_script_missing},
    {"bad record in pg_hba.conf", bad_record},
    {"pg_hba.conf cut in a record", records_cut},
    {"records included are missing", included_records_missing},
    {"bad line in pg_ident.conf", bad_mapping},
    {"bad entry in postgresql.conf", bad_entry},
    {"file not given", file_not_given},
};

}  // namespace pgleast::test
