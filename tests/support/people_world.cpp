#include "support/people_world.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "pg/identifier.hpp"
#include "support/odd_files.hpp"

namespace pgleast::test {
namespace {

using Words = std::vector<std::string>;

// How an application proves who it is, and what of it is stored.
struct Login {
  const char* type;       // of its record
  const char* addresses;  // empty: the socket
  const char* method;
  const char* stored;  // "", "md5" or "scram-sha-256"
};

constexpr const char* md5 = "md5";
constexpr const char* scram = "scram-sha-256";

const std::vector<Login> logins{
    {"hostssl", "10.20.0.0/16", scram, scram},
    {"host", "10.20.0.0/16", scram, scram},
    {"host", "10.20.0.0/16", md5, md5},
    {"host", "10.20.0.0/16", md5, scram},
    {"hostssl", "10.20.0.0/16", "password", md5},
    {"host", "10.20.0.0/16", "password", scram},
    {"hostnossl", "10.20.0.9/32", md5, scram},
    {"host", "127.0.0.1/32", "trust", ""},
    {"host", "127.0.0.1/32", md5, md5},
    {"host", "10.20.0.9/32", "trust", scram},
    {"host", "::1/128", scram, scram},
    {"local", "", "peer map=people", ""},
    {"local", "", "trust", ""},
    {"local", "", md5, md5},
    {"local", "", "password", md5},
    {"hostssl", "10.20.0.0/16", "cert", ""},
};

// What follows the records of single roles.
const std::vector<Words> last_records{
    {},
    {"local all all peer", "host all all 127.0.0.1/32 scram-sha-256"},
    {"local all all trust", "host all all 127.0.0.1/32 trust", "host all all ::1/128 trust",
     "host replication all 127.0.0.1/32 trust"},
    {"local all all md5", "host all all 0.0.0.0/0 md5"},
    {"host all all all scram-sha-256"},
    {"host all all samenet md5", "hostnossl all all all reject"},
    {"local all all scram-sha-256", "hostssl all all 10.0.0.0/8 scram-sha-256"},
};

// How a SECURITY DEFINER function of the schema `shop` finds the table it means.
struct Path {
  const char* table;
  const char* own;       // the function's SET search_path
  const char* database;  // the database's
  const char* role;      // and web's
};

const std::vector<Path> paths{
    {"orders", "shop", "", ""},
    {"orders", "shop, pg_temp", "", ""},
    {"orders", "pg_catalog, shop, public", "", ""},
    {"orders", "", "shop, public", ""},
    {"orders", "", "\"$user\", shop, sales", ""},
    {"orders", "", "", "shop, public"},
    {"orders", "", "public", "shop, util"},
    {"shop.orders", "", "", ""},
    {"shop.orders", "public", "", ""},
};

// Whose rows: the condition of a policy on `tenant`.
const Words conditions{
    "tenant = current_setting('app.tenant', true)",
    "tenant = current_setting('app.tenant')",
    "tenant = util.tenant()",
    "placed_by = current_user",
    "tenant = current_setting('app.tenant', true) OR placed_by = current_user",
};

const Words applications{"web", "api", "worker", "batch", "legacy", "mobile"};
const Words humans{"anna", "o'neil", "carla"};

const char* const shop_policy = R"(networks: {apps: [10.20.0.0/16], office: [10.30.0.0/16]}
parameters:
  client_networks: [10.20.0.0/16, 10.30.0.0/16]
classes:
)";

const char* const shop_classes = R"(  owners: {names: ["*_owner", deploy]}
  applications: {names: [web, api, worker, batch, legacy, mobile], login: require}
  backup: {names: [backup]}
  monitoring: {names: [monitor]}
  groups: {names: [readers, writers, support], login: forbid}
  people: {names: [anna, "o'neil", carla], login: require}
)";

const char* const shop_statements = R"(attributes:
  applications: {superuser: forbid, createrole: forbid, createdb: forbid, bypassrls: forbid}
  people: {superuser: forbid, createrole: forbid, createdb: forbid}
memberships:
  - {group: shop_owner, members: {require: [deploy], allow: []}, exclusive: true}
grants:
  - to: readers
    databases: {names: [shop], require: [CONNECT], allow: [TEMPORARY]}
    schemas: {names: [shop, sales, util], require: [USAGE], allow: []}
    tables: {schema: shop, names: ["*"], require: [SELECT], allow: [], future: true}
  - to: writers
    schemas: {names: [shop, sales, util], require: [USAGE], allow: []}
    tables: {schema: shop, names: [customers, orders], require: [SELECT, INSERT, UPDATE], allow: [DELETE]}
    functions: {schema: util, names: ["*"], require: [EXECUTE], allow: []}
  - to: PUBLIC
    tables: {schema: "*", names: ["*"], allow: [], future: true}
    schemas: {names: [shop, sales], allow: []}
)";

std::string sql_name(const std::string& name) { return quote_identifier(name); }

class Maker {
 public:
  explicit Maker(const PeopleQuestion& question)
      : question_(question), dice_(question.number * 31 + static_cast<unsigned>(question.major)) {}

  PeopleWorld make() {
    choose();
    roles();
    memberships();
    out_ = &world_.in_shop;
    schemas();
    functions();
    tables();
    policies();
    definers();
    views();
    grants();
    loose_grants();
    paths_in_force();
    records();
    settings();
    deeds();
    policy();
    return std::move(world_);
  }

 private:
  void add(const std::string& statement) { *out_ += statement + ";\n"; }
  bool chance(std::size_t percent) { return dice_.chance(percent); }
  bool since(int major) const { return question_.major >= major; }

  void choose() {
    out_ = &world_.everywhere;
    world_.system_user = question_.system_user;
    world_.tls = chance(60);
    path_ = dice_.of(paths);
    tenant_definer_ = chance(40);
    number_definer_ = chance(60);
    const char* const kinds[] = {"baseline", "escalation", "shop"};
    world_.policy_kind = kinds[(question_.number + static_cast<unsigned>(question_.major)) % 3];
  }

  void role(const std::string& name, const std::string& options, const std::string& stored = "") {
    std::string text;
    if (!stored.empty()) text = "SET password_encryption = '" + stored + "';\n";
    const auto password = stored.empty() ? std::string() : "pw of " + name;
    text += "CREATE ROLE " + sql_name(name) + options;
    if (!stored.empty()) text += " PASSWORD " + quote_literal(password);
    add(text);
    if (options.find("NOLOGIN") == std::string::npos) {
      world_.people.push_back({name, password, chance(60), false});
    } else {
      world_.groups.push_back(name);
    }
  }

  void roles() {
    for (const auto* const group : {"readers", "writers", "support"}) {
      role(group, chance(15) ? " NOLOGIN NOINHERIT" : " NOLOGIN");
    }
    for (const auto* const owner : {"shop_owner", "sales_owner"}) {
      const bool logs_in = chance(40);
      role(owner, logs_in ? " LOGIN" : " NOLOGIN", logs_in ? scram : "");
    }
    const auto wrong_superuser = dice_.below(3 * applications.size());
    for (std::size_t i = 0; i < applications.size(); ++i) {
      const auto& login = login_of(applications[i]);
      std::string options = " LOGIN";
      if (i == wrong_superuser) options += " SUPERUSER";
      if (chance(8)) options += " CREATEDB";
      if (chance(8)) options += " BYPASSRLS";
      if (chance(10)) options += " NOINHERIT";
      role(applications[i], options, login.stored);
      world_.people.back().has_certificate = std::string_view(login.method) == "cert";
    }
    for (const auto& name : humans) {
      role(name, chance(10) ? " LOGIN CREATEROLE" : " LOGIN", chance(35) ? md5 : scram);
    }
    role("deploy", chance(30) ? " LOGIN NOINHERIT" : " LOGIN", scram);
    role("dba", " LOGIN SUPERUSER", scram);
    role("monitor", " LOGIN", chance(50) ? md5 : scram);
    copies_ = !since(14) || chance(60);
    role("backup",
         copies_      ? " LOGIN REPLICATION"
         : chance(50) ? " LOGIN BYPASSRLS"
                      : " LOGIN",
         chance(40) ? md5 : scram);
    role("replicator", " LOGIN REPLICATION", chance(40) ? md5 : scram);
    add("CREATE DATABASE shop");
  }

  const Login& login_of(const std::string& name) {
    const auto found = login_of_.find(name);
    if (found != login_of_.end()) return found->second;
    return login_of_.emplace(name, dice_.of(logins)).first->second;
  }

  void member(const std::string& group, const std::string& name, const std::string& options = "") {
    add("GRANT " + sql_name(group) + " TO " + sql_name(name) + options);
  }

  void memberships() {
    const Words groups{"readers", "writers", "support"};
    for (const auto& name : applications) {
      const auto inherits = since(16) && chance(15) ? " WITH INHERIT FALSE" : "";
      member(dice_.of(groups), name, inherits);
      if (chance(40)) member("writers", name);
    }
    for (const auto& name : humans) member(dice_.of(groups), name);
    member("shop_owner", "deploy");
    member("pg_monitor", "monitor");
    if (since(14) && (!copies_ || chance(30))) member("pg_read_all_data", "backup");
    if (chance(30)) member("readers", "support");
    if (chance(15)) member("writers", "anna", " WITH ADMIN OPTION");
    if (chance(15)) member("shop_owner", "carla");
    if (chance(15)) member("pg_read_server_files", dice_.of(applications));
    if (chance(10)) member("dba", "o'neil");
  }

  void schemas() {
    add("SET check_function_bodies = off");
    add("CREATE SCHEMA shop AUTHORIZATION shop_owner");
    add("CREATE SCHEMA sales AUTHORIZATION sales_owner");
    add("CREATE SCHEMA util AUTHORIZATION shop_owner");
    for (const auto* const schema : {"shop", "sales", "util"}) {
      const auto to = chance(40) ? "PUBLIC" : "readers, writers, support, backup, monitor";
      add(fmt::format("GRANT USAGE ON SCHEMA {} TO {}", schema, to));
    }
  }

  // A function of a schema's owner, which everybody may call unless that is taken back.
  void function(const std::string& signature, const std::string& rest) {
    const auto owner = signature.starts_with("sales.") ? "sales_owner" : "shop_owner";
    add("CREATE FUNCTION " + signature + ' ' + rest);
    add(fmt::format("ALTER FUNCTION {} OWNER TO {}", signature, owner));
    if (!chance(25)) return;
    add("REVOKE EXECUTE ON FUNCTION " + signature + " FROM PUBLIC");
    add("GRANT EXECUTE ON FUNCTION " + signature + " TO writers, readers, web");
  }

  void functions() {
    add("CREATE SEQUENCE shop.order_no; ALTER SEQUENCE shop.order_no OWNER TO shop_owner");
    function("util.key_of(text)",
             "RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.lower($1)'");
    function("util.next_no()", fmt::format("RETURNS integer LANGUAGE sql {} AS $$SELECT "
                                           "nextval('shop.order_no')::integer$$",
                                           number_definer_ ? "SECURITY DEFINER" : ""));
    function("util.tenant()", fmt::format("RETURNS text LANGUAGE sql STABLE {} AS "
                                          "$$SELECT current_setting('app.tenant', true)$$",
                                          tenant_definer_ ? "SECURITY DEFINER" : ""));
  }

  void table(const std::string& name, const std::string& columns, const std::string& rows) {
    add("CREATE TABLE " + name + " (" + columns + ")");
    add("INSERT INTO " + name + " SELECT " + rows + " FROM generate_series(1, 6) n");
    if (!name.starts_with("public.")) {
      add(fmt::format("ALTER TABLE {} OWNER TO {}", name,
                      name.starts_with("sales.") ? "sales_owner" : "shop_owner"));
    }
  }

  void tables() {
    table("shop.customers",
          "id int, tenant text, name text, email text, placed_by text DEFAULT current_user, "
          "key text GENERATED ALWAYS AS (util.key_of(email)) STORED",
          "n, (n % 3)::text, 'name ' || n, 'Mail' || n, CASE n WHEN 1 THEN 'web' ELSE 'anna' END");
    table("shop.orders",
          "id int DEFAULT util.next_no(), tenant text, total int, "
          "placed_by text DEFAULT current_user",
          "n, (n % 3)::text, n * 10, CASE n WHEN 2 THEN 'api' ELSE 'web' END");
    table("shop.\"Order Log\"", "what text", "'made ' || n");
    table("sales.leads", "id int, tenant text, note text, placed_by text DEFAULT current_user",
          "n, (n % 3)::text, 'note', CASE WHEN n < 3 THEN 'carla' ELSE 'worker' END");
    table("sales.prices", "id int, price int", "n, n * 7");
    table("public.notes", "id int, body text", "n, 'body'");
  }

  void policies() {
    for (const auto* const name : {"shop.customers", "shop.orders", "sales.leads"}) {
      const auto kind = dice_.below(10);
      if (kind < 3) continue;
      const auto& condition = dice_.of(conditions);
      if (condition.find("util.") != std::string::npos) by_function_.push_back(name);
      add(fmt::format("CREATE POLICY own ON {} USING ({})", name, condition));
      if (chance(30)) add(fmt::format("CREATE POLICY all_of ON {} TO readers USING (true)", name));
      if (kind < 5) continue;
      add(fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", name));
      if (chance(25)) add(fmt::format("ALTER TABLE {} FORCE ROW LEVEL SECURITY", name));
    }
  }

  static std::string own_path(const std::string& path) {
    return path.empty() ? "" : "SET search_path = " + path;
  }

  void definers() {
    const auto sum = fmt::format("SELECT sum(total) FROM {} WHERE tenant = $1", path_.table);
    function("shop.total(text)",
             fmt::format("RETURNS bigint SECURITY DEFINER {} {}", own_path(path_.own),
                         chance(50) ? "LANGUAGE sql AS $$" + sum + "$$"
                                    : "LANGUAGE plpgsql AS $$BEGIN RETURN (" + sum + "); END$$"));
    function("shop.log_order()",
             fmt::format("RETURNS trigger LANGUAGE plpgsql {} AS $$BEGIN INSERT INTO "
                         "{}\"Order Log\" VALUES (NEW.tenant); RETURN NEW; END$$",
                         chance(60) ? "SECURITY DEFINER " + own_path(path_.own) : "",
                         std::string(path_.table) == "orders" ? "" : "shop."));
    add("CREATE TRIGGER log AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION "
        "shop.log_order()");
    function("sales.note(integer)",
             "RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT note FROM sales.leads WHERE "
             "id = $1'");
  }

  void views() {
    add("CREATE VIEW shop.open_orders AS SELECT tenant, total FROM shop.orders WHERE total > 20");
    add("ALTER VIEW shop.open_orders OWNER TO shop_owner");
    add(fmt::format("CREATE VIEW sales.my_leads {} AS SELECT id, note FROM sales.leads",
                    since(15) && chance(60) ? "WITH (security_invoker)" : ""));
    add("ALTER VIEW sales.my_leads OWNER TO sales_owner");
    add("CREATE MATERIALIZED VIEW sales.totals AS SELECT tenant, count(*) FROM sales.leads GROUP "
        "BY tenant");
    add("ALTER MATERIALIZED VIEW sales.totals OWNER TO sales_owner");
  }

  void grants() {
    add("GRANT SELECT ON ALL TABLES IN SCHEMA shop TO readers");
    if (chance(60)) add("GRANT SELECT ON ALL TABLES IN SCHEMA sales TO readers");
    add("GRANT SELECT, INSERT, UPDATE, DELETE ON shop.customers, shop.orders, sales.leads TO "
        "writers");
    if (chance(50)) add("GRANT INSERT ON shop.\"Order Log\" TO writers");
    add("GRANT USAGE ON SEQUENCE shop.order_no TO writers");
    add("GRANT SELECT (id, name) ON shop.customers TO support");
    add("GRANT SELECT, UPDATE (note) ON sales.leads TO support");
    add("GRANT SELECT, INSERT ON sales.leads TO web");
    add("GRANT SELECT, REFERENCES, TRUNCATE ON shop.orders TO api");
    add("GRANT SELECT ON sales.leads TO anna WITH GRANT OPTION");
    if (chance(50)) {
      add("SET ROLE anna");
      add("GRANT SELECT ON sales.leads TO \"o'neil\"");
      add("RESET ROLE");
    }
    if (!since(14)) {
      for (const auto* const schema : {"shop", "sales", "public"}) {
        add(fmt::format("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO backup", schema));
      }
    }
    add("ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop GRANT SELECT ON TABLES TO " +
        std::string(chance(30) ? "PUBLIC" : "readers"));
  }

  // What should not be.
  void loose_grants() {
    const std::vector<std::pair<std::size_t, Words>> loose{
        {40, {"GRANT SELECT ON sales.prices TO PUBLIC"}},
        {20, {"GRANT SELECT (id) ON sales.leads TO PUBLIC"}},
        {40, {"GRANT SELECT, INSERT ON public.notes TO PUBLIC"}},
        {20, {"GRANT SELECT ON shop.open_orders TO PUBLIC"}},
        {30, {"GRANT ALL ON SEQUENCE shop.order_no TO PUBLIC"}},
        {30, {"GRANT CREATE ON SCHEMA public TO PUBLIC"}},
        {10, {"GRANT CREATE ON SCHEMA util TO PUBLIC"}},
        {10, {"GRANT CREATE ON DATABASE shop TO PUBLIC"}},
        {15, {"GRANT CREATE ON SCHEMA shop TO writers"}},
        {10, {"GRANT SELECT ON pg_catalog.pg_authid TO monitor"}},
        {10, {"GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO PUBLIC"}},
        {40, {"SELECT lo_create(99)", "GRANT SELECT ON LARGE OBJECT 99 TO web"}},
        {20, {"ALTER ROLE api SET role = 'readers'"}},
        {20,
         {"REVOKE CONNECT ON DATABASE shop FROM PUBLIC",
          "GRANT CONNECT ON DATABASE shop TO readers, writers, support, shop_owner, monitor, "
          "backup"}},
    };
    for (const auto& [percent, statements] : loose) {
      if (!chance(percent)) continue;
      for (const auto& statement : statements) add(statement);
    }
    if (since(15) && chance(15)) add("GRANT SET ON PARAMETER log_statement TO PUBLIC");
  }

  void paths_in_force() {
    if (*path_.database != '\0')
      add("ALTER DATABASE shop SET search_path = " + std::string(path_.database));
    if (*path_.role != '\0') {
      add(fmt::format("ALTER ROLE web SET search_path = {}", path_.role));
      add(fmt::format("ALTER ROLE api IN DATABASE shop SET search_path = {}", path_.role));
    }
  }

  std::string record(const std::string& who, const Login& login, const std::string& databases) {
    return fmt::format("{:<10}{:<12}{:<16}{:<16}{}\n", login.type, databases, who, login.addresses,
                       login.method);
  }

  void records() {
    auto& text = world_.hba;
    text = "# TYPE    DATABASE    USER            ADDRESS         METHOD\n";
    text += record(question_.superuser, {"local", "", "peer map=admin", ""}, "all");
    world_.ident =
        fmt::format("admin   {}  {}\n", question_.system_administrator, question_.superuser);
    for (const auto& name : applications) {
      const auto& login = login_of(name);
      text += record(name, login, chance(80) ? "shop" : "all");
      if (std::string(login.method).starts_with("peer")) {
        world_.ident += fmt::format("people  {}  {}\n", question_.system_user, name);
      }
    }
    const Words for_people{"host all +support 10.30.0.0/16 md5",
                           "host all \"o'neil\",anna,carla 10.30.0.0/16 scram-sha-256",
                           "hostssl shop anna,carla,deploy 10.30.0.0/16 scram-sha-256",
                           "host all dba,deploy,shop_owner 10.30.0.0/16 md5",
                           "host shop,postgres monitor 127.0.0.1/32 md5",
                           "host all monitor 10.20.0.9/32 scram-sha-256",
                           "local all dba scram-sha-256"};
    for (const auto& line : for_people) {
      if (chance(60)) text += line + '\n';
    }
    const Words for_copies{"host replication backup 10.20.0.9/32 md5",
                           "host shop backup 10.20.0.9/32 md5",
                           "hostssl replication replicator 10.20.0.0/16 scram-sha-256",
                           "host replication replicator,backup 10.20.0.0/16 md5",
                           "local replication all md5",
                           "host replication all samehost md5"};
    for (const auto& line : for_copies) {
      if (chance(60)) text += line + '\n';
    }
    for (const auto& line : dice_.of(last_records)) text += line + '\n';
  }

  void settings() {
    auto& text = world_.conf;
    text = question_.own_network && chance(70) ? "listen_addresses = '*'\n"
           : question_.own_network
               ? "listen_addresses = 'localhost,10.20.0.1,10.30.0.1,10.40.0.1'\n"
               : "listen_addresses = '127.0.0.1,::1'\n";
    if (world_.tls) {
      text += chance(70) ? "ssl = on\nssl_ca_file = 'server.crt'\n" : "ssl = off\n";
      if (chance(20)) text += "ssl_min_protocol_version = 'TLSv1'\n";
    }
    if (chance(40)) text += "password_encryption = md5\n";
    if (chance(20)) text += "lo_compat_privileges = on\n";
    if (chance(50)) text += "log_connections = on\n";
    if (chance(15)) text += "backslash_quote = on\n";
    if (chance(10)) text += "row_security = off\n";
  }

  void deed(const std::string& statement, Words on) {
    world_.deeds.push_back({statement, std::move(on)});
  }

  // A table, its schema, and what its policies call.
  Words read(const std::string& table) const {
    Words on{"table " + table, "schema " + table.substr(0, table.find('.'))};
    for (const auto& policed : by_function_) {
      if (policed == table) on.insert(on.end(), {"function util.tenant()", "schema util"});
    }
    return on;
  }
  static Words with(Words some, const Words& others) {
    some.insert(some.end(), others.begin(), others.end());
    return some;
  }

  // Everything that can be done to a table, and what else runs then.
  void table_deeds(const std::string& table, const std::string& columns, const std::string& values,
                   const std::string& column, const Words& also) {
    const auto written = with(read(table), also);
    deed("SELECT * FROM " + table, read(table));
    deed("SELECT count(*) FROM " + table, read(table));
    deed(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns, values), written);
    deed(fmt::format("UPDATE {0} SET {1} = {1}", table, column), written);
    deed(fmt::format("UPDATE {} SET {} = {} WHERE id = 2", table, column,
                     values.substr(values.rfind(' ') + 1)),
         written);
    deed("DELETE FROM " + table, read(table));
  }

  void deeds() {
    table_deeds("shop.customers", "id, tenant, email", "7, '2', 'New'", "email",
                {"function util.key_of(pg_catalog.text)", "schema util"});
    table_deeds("shop.orders", "tenant, total", "'2', 5", "total",
                {"function util.next_no()", "schema util", "sequence shop.order_no",
                 "table shop.\"Order Log\"", "function shop.log_order()"});
    table_deeds("sales.leads", "id, tenant, note", "7, '1', 'x'", "note", {});
    table_deeds("sales.prices", "id, price", "7, 8", "price", {});
    table_deeds("public.notes", "id, body", "7, 'x'", "body", {});
    deed("SELECT id, name FROM shop.customers", read("shop.customers"));
    deed("SELECT id FROM sales.leads", read("sales.leads"));
    deed("SELECT * FROM shop.\"Order Log\"", {"table shop.\"Order Log\"", "schema shop"});
    deed("TRUNCATE shop.orders", {"table shop.orders", "schema shop"});
    deed("SELECT nextval('shop.order_no') > 0", {"sequence shop.order_no", "schema shop"});
    deed("SELECT * FROM shop.open_orders", with(read("shop.orders"), {"table shop.open_orders"}));
    deed("SELECT * FROM sales.my_leads", with(read("sales.leads"), {"table sales.my_leads"}));
    deed("SELECT * FROM sales.totals", {"table sales.totals", "schema sales"});
    deed("REFRESH MATERIALIZED VIEW sales.totals",
         with(read("sales.leads"), {"table sales.totals"}));
    for (const auto* const tenant : {"1", "2"}) {
      deed(fmt::format("SELECT shop.total('{}')", tenant),
           with(read("shop.orders"), {"function shop.total(pg_catalog.text)"}));
    }
    deed("SELECT sales.note(3)", with(read("sales.leads"), {"function sales.note(integer)"}));
    deed("SELECT util.key_of('A')", {"function util.key_of(pg_catalog.text)", "schema util"});
    deed("SELECT util.tenant()", {"function util.tenant()", "schema util"});
    deed("SELECT util.next_no() > 0",
         {"function util.next_no()", "sequence shop.order_no", "schema util", "schema shop"});
    deed("CREATE TABLE public.made (a int)", {"schema public"});
    deed("CREATE TABLE shop.made (a int)", {"schema shop"});
    deed("CREATE TABLE util.made (a int)", {"schema util"});
    deed("CREATE TEMPORARY TABLE made (a int)", {"database shop"});
    deed("CREATE SCHEMA made", {"database shop"});
    deed("SELECT lo_get(99)", {"large-object 99"});
    deed("SELECT count(*) > 0 FROM pg_authid", {"table pg_catalog.pg_authid"});
    deed("SELECT length(pg_read_file('PG_VERSION')) > 0",
         {"function pg_catalog.pg_read_file(pg_catalog.text)"});
    deed("SELECT count(*) FROM pg_settings WHERE name = 'data_directory'", {"role pg_monitor"});
    deed("SELECT count(*) > 0 FROM pg_ls_waldir()", {"role pg_monitor"});
    deed("SET log_statement = 'all'", {"parameter log_statement"});
    deed("CREATE ROLE made", {"attribute CREATEROLE"});
    for (const auto* const group :
         {"readers", "writers", "support", "shop_owner", "dba", "pg_read_server_files"}) {
      deed(fmt::format("SET ROLE {}", group), {fmt::format("role {}", group)});
    }
  }

  void policy() {
    auto& text = world_.policy;
    text = "policy: 1\nname: shop\n";
    const bool escalation = world_.policy_kind == "escalation" || chance(30);
    text += escalation ? "extends: [baseline, escalation]\n" : "extends: [baseline]\n";
    if (world_.policy_kind != "shop") return;
    text += shop_policy;
    text += fmt::format("  administrators: {{names: [\"is:bootstrap\"{}]}}\n",
                        chance(60) ? ", dba" : "");
    text += fmt::format("  replication: {{names: [replicator{}]}}\n",
                        copies_ && chance(60) ? ", backup" : "");
    text += shop_classes;
    text += shop_statements;
    text += "access:\n";
    if (chance(50))
      text += "  - {id: keeps, who: class:people, cannot: [DELETE], tables: [\"shop.*\"]}\n";
    if (chance(50)) {
      text += "  - {id: stays, who: class:applications, cannot_become: class:administrators}\n";
    }
    text += fmt::format(
        "  - {{id: outside, who: [class:applications, class:people], cannot: [CONNECT], on: "
        "\"database:shop\", from: {{not: [{}]}}}}\n",
        dice_.of({"apps, office, local, loopback", "apps, office, local", "apps, local"}));
  }

  const PeopleQuestion& question_;
  Dice dice_;
  PeopleWorld world_;
  std::string* out_ = nullptr;
  std::map<std::string, Login> login_of_;
  Words by_function_;  // tables whose policy calls util.tenant()
  Path path_{};
  bool tenant_definer_ = false, number_definer_ = false, copies_ = false;
};

}  // namespace

PeopleWorld people_world(const PeopleQuestion& question) { return Maker(question).make(); }

}  // namespace pgleast::test
