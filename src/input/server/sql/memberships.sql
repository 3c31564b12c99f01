SELECT m.roleid, m.member, m.grantor, m.admin_option,
       m.inherit_option, m.set_option  --@16+
       coalesce(r.rolinherit, false), true  --@-15
  FROM pg_catalog.pg_auth_members m
  LEFT JOIN pg_catalog.pg_roles r ON r.oid = m.member  --@-15
 ORDER BY 1, 2, 3
