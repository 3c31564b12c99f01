SELECT oid FROM pg_catalog.pg_language WHERE lanpltrusted ORDER BY oid
