-- The shop's database as it was left.
--
--   createdb mystore
--   psql -v ON_ERROR_STOP=1 -d mystore -f schema.sql
--
-- Run by the bootstrap superuser in an empty database, PostgreSQL 12 to 19.
-- The numbers in brackets are those of the table in README.md.

-- roles -----------------------------------------------------------------------

-- The web shop. Got "permission denied" one evening, so it is a superuser now.
CREATE ROLE app_user LOGIN SUPERUSER;                                   -- [11]

-- The public API. Makes a login for each customer who registers.
CREATE ROLE api_service LOGIN CREATEROLE;                               -- [12]

-- Owns the tables and runs the migrations. Wanted a copy to try them on.
CREATE ROLE db_admin LOGIN CREATEDB;                                    -- [13]

CREATE ROLE readonly_group NOLOGIN;
CREATE ROLE readwrite_group NOLOGIN;

-- Writes the monthly reports. Once had to correct a price, and was never taken
-- out of readwrite_group again.
CREATE ROLE analyst LOGIN;
GRANT readonly_group TO analyst;
GRANT readwrite_group TO analyst;                                       -- [14]

CREATE ROLE replicator LOGIN REPLICATION;

-- tables ----------------------------------------------------------------------

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

ALTER TABLE public.customers OWNER TO db_admin;
ALTER TABLE public.products  OWNER TO db_admin;
ALTER TABLE public.orders    OWNER TO db_admin;

-- grants ----------------------------------------------------------------------

-- One grant for all, so that nobody has to ask. The groups got nothing of their
-- own: they have it from here.
GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;                     -- [15]
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC;                  -- [15]

-- The same for the tables of the next migration, if db_admin runs it. [22]
ALTER DEFAULT PRIVILEGES FOR ROLE db_admin IN SCHEMA public
    GRANT ALL ON TABLES TO PUBLIC;                                      -- [16]
ALTER DEFAULT PRIVILEGES FOR ROLE db_admin IN SCHEMA public
    GRANT ALL ON SEQUENCES TO PUBLIC;                                   -- [16]

-- PostgreSQL 15 took this away and an import script broke.
GRANT CREATE ON SCHEMA public TO PUBLIC;                                -- [17]

-- [18] Nothing was ever said about the database itself, so PUBLIC may connect to
-- it and make temporary tables in it.

-- functions -------------------------------------------------------------------

-- Lets the API refund an order. It runs with the rights of its owner, but finds
-- "orders" by the search_path of its caller, [19] and as nothing was said about
-- EXECUTE, its caller may be anyone [20].
CREATE FUNCTION public.refund(order_id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    AS $$ UPDATE orders SET status = 'refunded' WHERE id = order_id $$;
ALTER FUNCTION public.refund(integer) OWNER TO db_admin;

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

-- [21] To do: switch it on.
-- ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
