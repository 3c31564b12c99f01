CREATE SCHEMA shop AUTHORIZATION db_owner;
CREATE TABLE shop.orders (id int, customer text, card text);
ALTER TABLE shop.orders OWNER TO db_owner;
GRANT USAGE ON SCHEMA shop TO PUBLIC; GRANT SELECT ON shop.orders TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop
  GRANT SELECT ON TABLES TO PUBLIC;
CREATE TABLE shop.refunds (id int);

CREATE FUNCTION shop.refund(int) RETURNS int LANGUAGE sql SECURITY DEFINER
  AS 'DELETE FROM orders WHERE id = $1 RETURNING id';
ALTER FUNCTION shop.refund(int) OWNER TO db_owner;

ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON shop.orders USING (true);
GRANT UPDATE (card) ON shop.orders TO reporting;
