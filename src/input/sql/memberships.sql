SELECT m.roleid, m.member, m.grantor, m.admin_option,
       m.inherit_option, m.set_option  --@16+
       r.rolinherit, true  --@-15
  FROM pg_catalog.pg_auth_members m
  JOIN pg_catalog.pg_roles r ON r.oid = m.member
 ORDER BY 1, 2, 3
