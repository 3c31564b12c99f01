-- Reports read it.
CREATE ROLE reports LOGIN;
GRANT SELECT ON orders TO reports;
