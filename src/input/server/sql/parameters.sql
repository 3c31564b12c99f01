SELECT oid, parname, 10, paracl::text
  FROM pg_catalog.pg_parameter_acl
 ORDER BY parname COLLATE "C"
