// What a container of PostgreSQL in Kubernetes makes of its variables and ConfigMaps.

#include "support/catch.hpp"
#include "support/declared_text.hpp"

using namespace pgleast::test;

TEST_CASE("a stateful set says its records by variables", "[platforms][workload]") {
  const auto* const text = R"(apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      containers:
        - name: sidecar
          image: busybox
        - name: postgres
          image: postgres:16
          args: ["-c", "ssl=on"]
          env:
            - name: POSTGRES_USER
              value: app
            - name: POSTGRES_PASSWORD
              valueFrom: {secretKeyRef: {name: db, key: password}}
            - name: POSTGRES_HOST_AUTH_METHOD
              value: trust
)";
  CHECK(declared_text("db.yaml", {{"db.yaml", text}}) == R"(statefulset/db
version 16
superuser 15: app
database app
hba 11: local all all trust (default of initdb)
hba 11: host all all 127.0.0.1/32 trust (default of initdb)
hba 11: host all all ::1/128 trust (default of initdb)
hba 11: local replication all trust (default of initdb)
hba 11: host replication all 127.0.0.1/32 trust (default of initdb)
hba 11: host replication all ::1/128 trust (default of initdb)
hba 19: host all all all trust
conf 11: listen_addresses = '*' (default of the postgres image)
conf 12: ssl = 'on'
sql 11: CREATE DATABASE app
sql 17: ALTER ROLE app PASSWORD 'not shown'
)");
}

TEST_CASE("a deployment mounts what a ConfigMap holds", "[platforms][workload]") {
  const auto* const text = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: db}
data:
  pg_hba.conf: |
    # who
    hostssl all all 10.0.0.0/8 scram-sha-256
  postgresql.conf: |
    ssl = on
  roles.sql: |
    CREATE ROLE app LOGIN;
  more.sh: |
    psql -c 'DROP TABLE t'
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  template:
    spec:
      containers:
        - image: postgres:16
          args: [-c, hba_file=/etc/pg/pg_hba.conf, -c, config_file=/etc/pg/postgresql.conf]
          volumeMounts:
            - {name: config, mountPath: /etc/pg}
            - {name: config, mountPath: /docker-entrypoint-initdb.d/1.sql, subPath: roles.sql}
            - {name: config, mountPath: /docker-entrypoint-initdb.d/2.sh, subPath: more.sh}
            - {name: data, mountPath: /var/lib/postgresql/data}
      volumes:
        - {name: config, configMap: {name: db}}
        - {name: data, emptyDir: {}}
)";
  CHECK(declared_text("db.yaml", {{"db.yaml", text}}) == R"(deployment/db
version 16
superuser 22: postgres
database postgres
hba 6: # who
hba 7: hostssl all all 10.0.0.0/8 scram-sha-256
conf 9: ssl = on
script db.yaml
not followed: db.yaml:12: a shell script is not run
)");
}

TEST_CASE("what Kubernetes takes from elsewhere is not known", "[platforms][workload]") {
  const std::string begin = R"(apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers:
    - image: postgres
)";
  struct Case {
    const char* text;
    const char* expected;
  };
  const auto c = GENERATE(values<Case>({
      {"      env: [{name: POSTGRES_HOST_AUTH_METHOD, value: '{{ .Values.method }}'}]\n",
       "unknown records: db.yaml:7: the value of POSTGRES_HOST_AUTH_METHOD\n"},
      {"      envFrom: [{secretRef: {name: gone}}]\n",
       "unknown records: db.yaml:7: the value of POSTGRES_INITDB_ARGS\n"},
      {"      args: [-c, hba_file=/etc/pg_hba.conf]\n",
       "unknown records: db.yaml:7: /etc/pg_hba.conf is no file of the repository\n"},
      {"      command: [postgres]\n",
       "unknown records: db.yaml:7: a command stands in place of the image's entry point\n"},
      {"      command: [bash, -c, \"echo; postgres\"]\n",
       "unknown records: db.yaml:7: a shell starts the server\n"},
      {"      volumeMounts: [{name: i, mountPath: /docker-entrypoint-initdb.d}]\n"
       "  volumes: [{name: i, configMap: {name: gone}}]\n",
       "not followed: ConfigMap gone is not in the repository\n"},
  }));
  CAPTURE(c.text);
  const auto text = declared_text("db.yaml", {{"db.yaml", begin + c.text}});
  CHECK(text.find(c.expected) != std::string::npos);
  CAPTURE(text);
}

TEST_CASE("kustomize makes ConfigMaps of files", "[platforms][workload]") {
  const auto* const text = R"(kind: Pod
apiVersion: v1
metadata: {name: db}
spec:
  containers:
    - image: postgres:16
      volumeMounts: [{name: i, mountPath: /docker-entrypoint-initdb.d/}]
  volumes: [{name: i, configMap: {name: init}}]
)";
  const auto* const kustomization =
      "configMapGenerator: [{name: init, files: [roles.sql, b.sql=sql/b.sql]}]\n";
  const auto shown = declared_text(
      "k/db.yaml", {{"k/db.yaml", text}, {"k/kustomization.yaml", kustomization}});
  CHECK(shown.find("script k/sql/b.sql\nscript k/roles.sql\n") != std::string::npos);
}
