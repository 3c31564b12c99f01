#include "support/input_texts.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "pg/identifier.hpp"
#include "sources/sources.hpp"
#include "support/odd_files.hpp"
#include "support/random_world.hpp"

namespace fs = std::filesystem;

namespace pgleast::test {
namespace {

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("pgleast-damage-" + std::to_string(unique()))) {
    fs::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  /// Its path, or empty where there is no text.
  std::string write(const std::string& name, const std::string& text) const {
    if (text.empty()) return "";
    const auto path = (path_ / name).string();
    std::ofstream(path) << text;
    return path;
  }

 private:
  static std::uint64_t unique() {
    static const std::uint64_t run = std::random_device{}();
    static std::uint64_t count = 0;
    return run * 100000 + ++count;
  }
  fs::path path_;
};

// As pg_hba.conf quotes.
std::string quoted(const std::string& name) {
  std::string result = "\"";
  for (const char c : name) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + '"';
}

std::string random_records(std::uint64_t number, const Cluster& cluster) {
  Dice dice(number);
  std::vector<std::string> roles{"all", "all"}, databases{"all", "all", "sameuser", "replication"};
  for (const auto& role : cluster.roles) {
    if (role.dropped || role.name.find('\n') != std::string::npos) continue;
    roles.push_back(quoted(role.name));
    roles.push_back("+" + quoted(role.name));
  }
  for (const auto& o : cluster.objects) {
    if (o.kind == ObjectKind::database) databases.push_back(quoted(o.name));
  }
  std::string result;
  for (int i = 0; i < 8; ++i) {
    const bool local = dice.chance(20);
    result += (local ? "local" : dice.of({"host", "hostssl", "hostnossl"})) + ' ' +
              dice.of(databases) + ' ' + dice.of(roles);
    if (!local) {
      result += ' ' + dice.of({"127.0.0.1/32", "10.0.0.0/8", "0.0.0.0/0", "::/0", "10.1.0.0/16",
                               "all", "::1/128"});
    }
    result += ' ' + dice.of({"trust", "scram-sha-256", "scram-sha-256", "reject", "md5"}) + '\n';
  }
  return result + "local all all peer\n";
}

}  // namespace

Cluster cluster_of(const InputTexts& texts) {
  const Folder folder;
  SourceOptions options;
  options.server_version = texts.major * 10000;
  options.hba = folder.write("pg_hba.conf", texts.hba);
  options.ident = folder.write("pg_ident.conf", texts.ident);
  options.conf = folder.write("postgresql.conf", texts.conf);
  if (const auto sql = folder.write("script.sql", texts.sql); !sql.empty()) options.sql = {sql};
  for (const auto& [name, text] : texts.others) folder.write(name, text);
  return read_sources(options);
}

InputTexts random_texts(std::uint64_t number) {
  InputTexts texts;
  auto world = random_world(number, texts.major);
  // Whoever writes the catalogs is followed no further.
  for (auto* const part : {&world.everywhere, &world.in_database}) {
    std::erase_if(*part, [](const std::string& s) {
      return s.starts_with("DELETE") || s.starts_with("INSERT INTO pg_");
    });
  }
  texts.sql = script(world.everywhere) + "\\connect " + quote_identifier(world.database) + '\n' +
              script(world.in_database);
  texts.hba = "local all all peer\n";
  texts.hba = random_records(number, cluster_of(texts));
  return texts;
}

}  // namespace pgleast::test
