/**
 * Every query that the doctor puts to PostgreSQL. They read catalogues and statistics, and no row of a table. Columns
 * that an old server does not have are read out of the row as JSON, where they are absent.
 */

/** One row: the server's settings, the user's rights, and how much room for another reader of the log is left. */
export const SERVER = `
  SELECT current_setting('server_version') AS version,
         current_setting('server_version_num')::int AS version_number,
         pg_is_in_recovery() AS in_recovery,
         current_setting('wal_level') AS wal_level,
         current_setting('max_replication_slots')::int AS max_slots,
         (SELECT count(*)::int FROM pg_replication_slots) AS used_slots,
         current_setting('max_wal_senders')::int AS max_senders,
         (SELECT count(*)::int FROM pg_stat_replication) AS used_senders,
         (SELECT setting::int FROM pg_settings WHERE name = 'wal_sender_timeout') AS wal_sender_timeout_ms,
         (SELECT setting::int FROM pg_settings WHERE name = 'max_slot_wal_keep_size') AS slot_keep_mb,
         (SELECT setting FROM pg_settings WHERE name = 'rds.logical_replication') AS rds_logical_replication,
         current_database() AS database, current_user AS role,
         r.rolsuper AS superuser, r.rolreplication AS replication,
         EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_replication'
                 AND pg_has_role(current_user, g.oid, 'member')) AS rds_replication,
         EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_superuser'
                 AND pg_has_role(current_user, g.oid, 'member')) AS rds_superuser
  FROM pg_roles r WHERE r.rolname = current_user`;

/** From version 10 on: slots that nobody reads, with the bytes of log that each keeps. */
export const IDLE_SLOTS = `
  SELECT slot_name AS slot, coalesce(pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
           restart_lsn), 0)::float8 AS bytes
  FROM pg_replication_slots WHERE NOT active ORDER BY slot_name`;

/** Whether the user may make objects in a schema ($1); no row where there is none of that name. */
export const MAY_CREATE =
  "SELECT has_schema_privilege(oid, 'CREATE') AS may_create FROM pg_namespace WHERE nspname = $1";

/**
 * Tables and partitioned tables of the users' own schemas. Rows and bytes are those of the last ANALYZE and of the
 * files, TOAST included; a table that was never analyzed has -1 rows.
 */
export const TABLES = `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS table, c.relkind AS kind,
         c.relpersistence AS persistence, c.relreplident AS identity,
         c.reltuples::float8 AS rows,
         CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_table_size(c.oid) END::float8 AS bytes,
         coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0)::float8 AS toast_bytes,
         has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  ORDER BY 2, 3`;

/** The columns of those tables. Domains are resolved to what they stand on. */
export const COLUMNS = `
  WITH RECURSIVE base AS (
    SELECT a.attrelid, a.attnum, a.attname, a.attnotnull, coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '' AS generated,
           format_type(a.atttypid, a.atttypmod) AS declared, t.oid AS type, t.typname, t.typtype, t.typcategory,
           t.typbasetype, t.typnamespace, CASE WHEN a.atttypmod = -1 THEN t.typtypmod ELSE a.atttypmod END AS modifier
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
      AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT b.attrelid, b.attnum, b.attname, b.attnotnull, b.generated, b.declared, t.oid, t.typname, t.typtype,
           t.typcategory, t.typbasetype, t.typnamespace,
           CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END
    FROM base b JOIN pg_type t ON t.oid = b.typbasetype
    WHERE b.typtype = 'd'
  )
  SELECT attrelid::text AS oid, attname AS column, NOT attnotnull AS nullable, generated, declared,
         typname AS type, typtype AS kind, typcategory AS category, modifier,
         typnamespace = 'pg_catalog'::regnamespace AS built_in
  FROM base WHERE typtype <> 'd' ORDER BY attrelid, attnum`;

/** Primary and unique keys, a row for each column of each; partial ones and those on expressions are no keys. */
export const KEYS = `
  SELECT i.indrelid::text AS oid, i.indexrelid::text AS index, i.indisprimary AS primary, a.attname AS column,
         a.attnotnull AS not_null
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= coalesce((to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts)
    AND c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  ORDER BY i.indrelid, i.indexrelid, k.place`;

/** Rows written since the statistics were reset. */
export const WRITES = `
  SELECT schemaname AS schema, relname AS table, (n_tup_ins + n_tup_upd + n_tup_del)::float8 AS writes
  FROM pg_stat_user_tables`;

/** For how long the statistics have counted; NULL where they were never reset: since the server started, at least. */
export const COUNTING_SINCE = `
  SELECT extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time()))::float8 AS seconds
  FROM pg_stat_database WHERE datname = current_database()`;
