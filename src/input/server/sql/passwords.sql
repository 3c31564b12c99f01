-- The kind of secret only: the secret itself never leaves the server (crypt.c, get_password_type).
SELECT oid,
       CASE WHEN rolpassword IS NULL THEN 'none'
            WHEN rolpassword ~ '^md5[0-9a-f]{32}$' THEN 'md5'
            WHEN rolpassword ~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$'
            THEN 'scram-sha-256'
            ELSE 'unusable' END
  FROM pg_catalog.pg_authid
