// Edits keep every byte that they do not mean.

#include "fix/config_edit.hpp"

#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;

namespace {

Cluster with_hba(const std::string& text) {
  Cluster cluster;
  cluster.hba = read_hba("pg_hba.conf", test::memory_files({{"pg_hba.conf", text}}),
                         cluster.version_num, cluster.files);
  REQUIRE(cluster.hba.loads());
  return cluster;
}

std::string edited(const std::string& text, const std::vector<Remedy>& remedies) {
  auto model = with_hba(text);
  HbaEdits edits;
  for (const auto& remedy : remedies) {
    std::visit(
        [&](const auto& r) {
          if constexpr (edits_a_record<std::decay_t<decltype(r)>>) edits.add(r);
        },
        remedy);
  }
  edits.apply(model);
  return model.files.front().text;
}

}  // namespace

TEST_CASE("a record is edited field by field", "[fix]") {
  struct Case {
    const char* before;
    std::vector<Remedy> remedies;
    const char* after;
  };
  const auto c = GENERATE(values<Case>({
      {"host all all 10.0.0.0/8 trust # why\n",
       {EditRecord{0, HbaField::method, "scram-sha-256"}},
       "host all all 10.0.0.0/8 scram-sha-256 # why\n"},
      {"host\tall\tall\t10.0.0.0 255.0.0.0\ttrust",
       {EditRecord{0, HbaField::address, "samenet"}, EditRecord{0, HbaField::type, "hostssl"}},
       "hostssl\tall\tall\tsamenet\t\t\ttrust"},
      {"# a\nlocal all all trust\n",
       {InsertRecord{0, "local all postgres peer"}, EditRecord{0, HbaField::method, "md5"}},
       "# a\nlocal all postgres peer\nlocal all all md5\n"},
      {"host all all 0.0.0.0/0 md5\nhost all all ::/0 md5\n",
       {EditRecord{0, HbaField::address, "10.1.0.0/16 10.2.0.0/16 fd00::/8"},
        EditRecord{1, HbaField::address, "10.1.0.0/16 10.2.0.0/16 fd00::/8"}},
       "host all all 10.1.0.0/16 md5\nhost all all 10.2.0.0/16 md5\nhost all all fd00::/8 md5\n"},
      {"host all \\\n  all all trust\r\nlocal all all peer\r\n",
       {DisableRecord{0}},
       "# host all \\\n#   all all trust\r\nlocal all all peer\r\n"},
      {"host all all ::/0 md5\nlocal all all peer\n",
       {EditRecord{0, HbaField::address, "10.1.0.0/16"}},
       "# host all all ::/0 md5\nlocal all all peer\n"},
      // A host whose name could be hexadecimal is of both families.
      {"host all all ::/0 md5\n",
       {EditRecord{0, HbaField::address, "fade.de"}},
       "host all all fade.de md5\n"},
  }));
  CHECK(edited(c.before, c.remedies) == c.after);
}

TEST_CASE("fields and comments stay in their columns where there is room", "[fix]") {
  struct Case {
    const char* before;
    std::vector<Remedy> remedies;
    const char* after;
  };
  const auto c = GENERATE(values<Case>({
      {"host    all   all   0.0.0.0/0      trust          # why\n",
       {EditRecord{0, HbaField::type, "hostssl"}, EditRecord{0, HbaField::address, "10.20.0.0/16"},
        EditRecord{0, HbaField::method, "scram-sha-256"}},
       "hostssl all   all   10.20.0.0/16   scram-sha-256  # why\n"},
      // What has no room takes it from the next gap that has some.
      {"host  all  all  0.0.0.0/0           md5  # why\n",
       {EditRecord{0, HbaField::type, "hostssl"}, EditRecord{0, HbaField::user, "repl,standby"}},
       "hostssl all repl,standby 0.0.0.0/0  md5  # why\n"},
      {"host all all samenet md5\n",
       {EditRecord{0, HbaField::address, "10.20.0.0/16"}},
       "host all all 10.20.0.0/16 md5\n"},
      {"host\tall\t\tall\t10.0.0.0/8\t\tpam\tpamservice=x\t# why\n",
       {EditRecord{0, HbaField::user, "repl_user"}},
       "host\tall\t\trepl_user\t10.0.0.0/8\tpam\tpamservice=x\t# why\n"},
      {"host all all \\\n  samenet   md5  # why\n",
       {EditRecord{0, HbaField::database, "shop"}, EditRecord{0, HbaField::address, "samehost"}},
       "host shop all \\\n  samehost  md5  # why\n"},
      {"host \"café\"  all  md5.example.org md5\nhost  \"é\" all 10.0.0.0/8    md5\n",
       {EditRecord{1, HbaField::database, "shop"}, EditRecord{1, HbaField::address, "samenet"}},
       "host \"café\"  all  md5.example.org md5\nhost  shop all samenet      md5\n"},
      {"  host  all  all  0.0.0.0/0    md5  # why\r\nlocal all all peer\r\n",
       {EditRecord{0, HbaField::address, "10.1.0.0/16 10.2.0.0/16"}},
       "  host  all  all  10.1.0.0/16  md5\r\n  host  all  all  10.2.0.0/16  md5  # why\r\n"
       "local all all peer\r\n"},
      // A new line stands as the nearest of its kind does.
      {"# TYPE DATABASE USER\nhost   all     all   10.0.0.0/8     md5\nlocal all all peer\n"
       "host all all samenet md5\n",
       {InsertRecord{1, "host    all,replication \"a b\"    all     reject"}},
       "# TYPE DATABASE USER\nhost   all     all   10.0.0.0/8     md5\n"
       "host   all,replication \"a b\" all    reject\n"
       "local all all peer\nhost all all samenet md5\n"},
      {"local\tall\t\tall\t\t\tpeer\r\nhost\tshop, web\tall\t10.0.0.0\t255.0.0.0\tmd5\r\n",
       {InsertRecord{1, "host  all  \"postgres\"  all  reject"},
        InsertRecord{0, "local  all  \"postgres\"  peer"}},
       "local\tall\t\t\"postgres\"\t\tpeer\r\nlocal\tall\t\tall\t\t\tpeer\r\n"
       "host\tall\t\t\"postgres\"\tall\t\t\treject\r\n"
       "host\tshop, web\tall\t10.0.0.0\t255.0.0.0\tmd5\r\n"},
      {"local all all peer",
       {InsertRecord{0, "host    all     x    all   reject"}},
       "host    all     x    all   reject\nlocal all all peer"},
  }));
  CAPTURE(c.before);
  CHECK(edited(c.before, c.remedies) == c.after);
}

TEST_CASE("what is told of an edit is the record alone", "[fix]") {
  const auto model = with_hba("host all all 0.0.0.0/0   trust    # why\r\n");
  HbaEdits edits;
  edits.add(EditRecord{0, HbaField::method, "md5"});
  edits.add(InsertRecord{0, "host all postgres all reject"});
  std::string told;
  for (const auto& e : edits.preview(model)) told += e.before + " -> " + e.after + '\n';
  CHECK(told ==
        " -> host all postgres all    reject\n"
        "host all all 0.0.0.0/0   trust -> host all all 0.0.0.0/0   md5\n");
}

TEST_CASE("a mapping becomes a comment, and is read no more", "[fix]") {
  auto model = with_hba("local all all peer map=m\n");
  const std::string text = "# who\nm deploy app\nm  deploy  boss # why\n";
  model.ident = read_ident("pg_ident.conf", test::memory_files({{"pg_ident.conf", text}}),
                           model.version_num, model.files);
  HbaEdits edits;
  edits.add(DisableMapping{1});
  edits.add(DisableMapping{1});
  CHECK(edits.apply(model).size() == 1);
  CHECK(model.files.back().text == "# who\nm deploy app\n# m  deploy  boss # why\n");
  CHECK(model.ident.records.size() == 1);
  CHECK(model.files.front().text == "local all all peer map=m\n");
}
