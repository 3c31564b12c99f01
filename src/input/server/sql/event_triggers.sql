SELECT evtname, evtevent, evtowner, evtfoid, evtenabled
  FROM pg_catalog.pg_event_trigger
 ORDER BY evtname COLLATE "C"
