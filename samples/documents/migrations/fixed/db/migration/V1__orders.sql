CREATE ROLE app LOGIN;
CREATE TABLE orders (id bigint, note text);
GRANT SELECT, INSERT ON orders TO app;
