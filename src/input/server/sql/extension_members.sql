SELECT CASE d.classid
       WHEN 'pg_catalog.pg_namespace'::regclass THEN 'schema'
       WHEN 'pg_catalog.pg_class'::regclass THEN 'table'
       WHEN 'pg_catalog.pg_proc'::regclass THEN 'function'
       ELSE 'type' END, d.objid
  FROM pg_catalog.pg_depend d
 WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e' AND d.objsubid = 0
   AND d.classid IN ('pg_catalog.pg_namespace'::regclass, 'pg_catalog.pg_class'::regclass,
                     'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_type'::regclass)
