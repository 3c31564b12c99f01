-- As everybody may see them: the view hides options by the condition that is repeated here.
SELECT m.srvid, m.umuser, s.shown,
       (SELECT o.option_value FROM pg_catalog.pg_options_to_table(m.umoptions) o
         WHERE o.option_name IN ('user', 'username') LIMIT 1),
       EXISTS (SELECT FROM pg_catalog.pg_options_to_table(m.umoptions) o
                WHERE o.option_name IN ('password', 'passwd', 'sslpassword', 'passcode') OR o.option_name LIKE '%secret%'
                   OR o.option_name LIKE '%key%' OR o.option_name LIKE '%token%'),
       (SELECT o.option_value FROM pg_catalog.pg_options_to_table(m.umoptions) o
         WHERE o.option_name = 'password_required')
  FROM pg_catalog.pg_user_mappings m
  JOIN pg_catalog.pg_foreign_server f ON f.oid = m.srvid
 CROSS JOIN LATERAL (SELECT
       (m.umuser <> 0 AND m.usename = current_user
        AND (pg_catalog.pg_has_role(f.srvowner, 'USAGE')
             OR pg_catalog.has_server_privilege(f.oid, 'USAGE')))
       OR (m.umuser = 0 AND pg_catalog.pg_has_role(f.srvowner, 'USAGE'))
       OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)) s (shown)
 ORDER BY m.srvid, m.umuser
