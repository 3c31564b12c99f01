-- The functions that users made and that their aggregates call.
SELECT a.aggfnoid::oid, ARRAY(
         SELECT f FROM pg_catalog.unnest(ARRAY[
           a.aggtransfn::oid, a.aggfinalfn::oid, a.aggcombinefn::oid, a.aggserialfn::oid,
           a.aggdeserialfn::oid, a.aggmtransfn::oid, a.aggminvtransfn::oid,
           a.aggmfinalfn::oid]) AS f
          WHERE f >= 16384 ORDER BY f)
  FROM pg_catalog.pg_aggregate a
 WHERE a.aggfnoid::oid >= 16384
 ORDER BY 1
