#!/bin/sh
# Writes src/pg/setting_table.inc from the servers' own pg_settings:
#
#   tests/support/settings-table.sh "host=/tmp/s port=5412" ... "host=/tmp/s port=5418" \
#     > src/pg/setting_table.inc
#
# One connection string a major version, each as a superuser, oldest first. What a server
# lacks only because of how it was built (LZ4, Zstandard, io_uring) is added, and where Debian puts
# sockets and key files is taken back.
set -eu
[ $# -gt 0 ] || { sed -n '2,10p' "$0"; exit 2; }

question=$(cat <<'SQL'
with build(of_name, vals) as (
  values ('wal_compression', array['pglz', 'lz4', 'zstd', 'on', 'off']),
         ('default_toast_compression', array['pglz', 'lz4']),
         ('io_method', array['sync', 'worker', 'io_uring'])
), unlisted(name, vartype, context, min_val, max_val, boot_val) as (
  values ('role', 'string', 'user', '', '', 'none'),
         ('session_authorization', 'string', 'user', '', '', ''),
         ('is_superuser', 'bool', 'internal', '', '', 'off'),
         ('seed', 'real', 'user', '-1', '1', '0'),
         ('default_with_oids', 'bool', 'user', '', '', 'off'),
         ('ssl_renegotiation_limit', 'integer', 'user', '0', '0', '0')
), listed as (
  select name, vartype, coalesce(unit, '') as unit, context, coalesce(min_val, '') as min_val,
         coalesce(max_val, '') as max_val,
         coalesce(array_to_string(case when vals is not null and vartype = 'enum'
                                       then vals else enumvals end, ','), '') as enumvals,
         case when name like 'server\_version%' then ''
              when name = 'unix_socket_directories' then '/tmp'
              when name = 'krb_server_keyfile' then ''
              else coalesce(boot_val, '') end as boot_val
    from pg_settings left join build on of_name = name
   where name not like '%.%'
  union all
  select name, vartype, '', context, min_val, max_val, '', boot_val
    from unlisted u
   where current_setting(name, true) is not null
     and not exists (select from pg_settings s where s.name = u.name)
)
select lower(name), name, current_setting('server_version_num')::int / 10000, vartype, unit,
       context, case when name like 'server\_version%' then '' else min_val end,
       case when name like 'server\_version%' then '' else max_val end,
       case when name = 'wal_compression' and vartype = 'bool' then '' else enumvals end, boot_val
  from listed
SQL
)

for server; do
  psql -X -A -t -F "$(printf '\037')" -v ON_ERROR_STOP=1 -d "$server" -c "$question"
done | LC_ALL=C sort -t "$(printf '\037')" -k1,1 -k3,3n | awk -F '\037' '
  function text(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
  function word(s) { gsub(/-/, "_", s); return s }
  function type(s) { return s == "bool" ? "boolean" : s == "enum" ? "enumeration" : s }
  function flush() {
    if (!first) return
    ++count; names[count] = text(name); since[count] = first; until[count] = last; rests[count] = rest
  }
  # The last version only of what ended.
  function range(i) { return until[i] == newest ? since[i] : since[i] ", " until[i] }
  BEGIN { print "// Written by tests/support/settings-table.sh; do not edit." }
  {
    if ($3 > newest) newest = $3
    now = "SettingType::" type($4) ", " text($5) ", SettingContext::" word($6) ", " text($7) ", " \
          text($8) ", " text($9) ", " text($10)
    if ($2 == name && now == rest && $3 == last + 1) { last = $3; next }
    flush(); name = $2; first = last = $3; rest = now
  }
  END {
    flush()
    for (i = 1; i <= count; ++i) printf "{%s, {%s}, %s},\n", names[i], range(i), rests[i]
  }'
