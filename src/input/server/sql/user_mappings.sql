-- The table, which hardly anybody may read. No option leaves the server but the user's name.
SELECT m.umserver, m.umuser, true,
       (SELECT o.option_value FROM pg_catalog.pg_options_to_table(m.umoptions) o
         WHERE o.option_name IN ('user', 'username') LIMIT 1),
       EXISTS (SELECT FROM pg_catalog.pg_options_to_table(m.umoptions) o
                WHERE o.option_name IN ('password', 'passwd', 'sslpassword', 'passcode') OR o.option_name LIKE '%secret%'
                   OR o.option_name LIKE '%key%' OR o.option_name LIKE '%token%'),
       (SELECT o.option_value FROM pg_catalog.pg_options_to_table(m.umoptions) o
         WHERE o.option_name = 'password_required')
  FROM pg_catalog.pg_user_mapping m
 ORDER BY m.umserver, m.umuser
