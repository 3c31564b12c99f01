SELECT oid, oid::text, lomowner, lomacl::text
  FROM pg_catalog.pg_largeobject_metadata
 ORDER BY 1
