SELECT defaclrole, defaclnamespace, defaclobjtype, defaclacl::text
  FROM pg_catalog.pg_default_acl
 ORDER BY 1, 2, 3
