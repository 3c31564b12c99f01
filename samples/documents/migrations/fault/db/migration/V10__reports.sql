-- Reports read it.
GRANT SELECT ON orders TO PUBLIC;
