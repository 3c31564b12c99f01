-- The shop's database as it should be.
--
--   psql -v ON_ERROR_STOP=1 -d mystore -f roles.sql      roles, memberships, default privileges
--   psql -v ON_ERROR_STOP=1 -d mystore -f schema.sql     this file
--   psql -v ON_ERROR_STOP=1 -d mystore -f roles.sql      again: grants on what exists now
--
-- Run by the bootstrap superuser, PostgreSQL 12 to 19. What a role may do is not
-- said here but in policy.yaml; roles.sql is made from it. Here stands what the
-- objects are, and that PUBLIC gets none of them.

BEGIN;

-- PUBLIC gets nothing ---------------------------------------------------------

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Functions are open to PUBLIC unless this is said, and it has to be said for
-- the whole database: IN SCHEMA could not take it away.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE db_admin REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- tables ----------------------------------------------------------------------

SET LOCAL ROLE db_admin;        -- owns what follows

CREATE TABLE public.customers (
    id          serial PRIMARY KEY,
    login       text NOT NULL UNIQUE,
    name        text NOT NULL,
    email       text NOT NULL
);

CREATE TABLE public.products (
    id          serial PRIMARY KEY,
    name        text NOT NULL,
    price       numeric(10,2) NOT NULL CHECK (price >= 0)
);

CREATE TABLE public.orders (
    id          serial PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES public.customers,
    product_id  integer NOT NULL REFERENCES public.products,
    quantity    integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
    status      text NOT NULL DEFAULT 'new',
    placed_by   text NOT NULL DEFAULT current_user,     -- the customer's login
    placed_at   timestamptz NOT NULL DEFAULT now(),
    sealed      boolean NOT NULL DEFAULT false          -- customer erased, kept for the tax office
);

-- rows ------------------------------------------------------------------------

INSERT INTO public.customers (login, name, email) VALUES
    ('alice', 'Alice Archer', 'alice@example.com'),
    ('bob',   'Bob Baker',    'bob@example.com'),
    ('carol', 'erased',       'erased@example.com'),
    ('dora',  'Dora Dyer',    'dora@example.com');      -- has not ordered yet

INSERT INTO public.products (name, price) VALUES
    ('tea pot',   24.50),
    ('tea cup',    6.00),
    ('tea towel',  4.75),
    ('kettle',    39.00);                               -- nobody has ordered it yet

INSERT INTO public.orders (customer_id, product_id, quantity, status, placed_by, sealed) VALUES
    (1, 1, 1, 'paid', 'alice', false),
    (1, 2, 4, 'paid', 'alice', false),
    (2, 2, 2, 'new',  'bob',   false),
    (2, 3, 1, 'sent', 'bob',   false),
    (3, 1, 1, 'paid', 'carol', true);

-- functions -------------------------------------------------------------------

-- Lets the API refund an order with the rights of db_admin. The search_path is
-- pinned, pg_temp last, so that no caller can put a table of his own in the way.
CREATE FUNCTION public.refund(order_id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    AS $$ UPDATE orders SET status = 'refunded' WHERE id = order_id $$;
REVOKE EXECUTE ON FUNCTION public.refund(integer) FROM PUBLIC;

-- row security ----------------------------------------------------------------

-- Customers see their own orders; the shop works with all that are not sealed.
CREATE POLICY orders_own ON public.orders
    FOR SELECT
    USING (placed_by = current_user);

CREATE POLICY orders_read ON public.orders
    FOR SELECT TO readonly_group
    USING (NOT sealed);

CREATE POLICY orders_work ON public.orders
    FOR ALL TO readwrite_group, api_service, db_admin
    USING (NOT sealed)
    WITH CHECK (NOT sealed);

ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.orders FORCE ROW LEVEL SECURITY;     -- for the owner as well

COMMIT;
