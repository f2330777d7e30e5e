/** Every query that the doctor puts to Oracle. They read dictionary views, and no row of a table. */

/** Public: the version, and the edition in the product's name. */
export const PRODUCT = `
  SELECT product AS "product", version AS "version", user AS "user"
  FROM product_component_version WHERE product LIKE 'Oracle%' AND ROWNUM = 1`;

/** The database's log. It needs SELECT on V_$DATABASE. */
export const DATABASE = `
  SELECT name AS "name", log_mode AS "log_mode", supplemental_log_data_min AS "minimal",
         supplemental_log_data_pk AS "primary_key", supplemental_log_data_all AS "all_columns",
         database_role AS "role"
  FROM v$database`;

/** From 12c on: whether this is a multitenant database, and the container that the user is in. */
export const CONTAINER = `
  SELECT cdb AS "multitenant", sys_context('USERENV', 'CON_NAME') AS "container" FROM v$database`;

/** One row where the database is Amazon RDS. */
export const RDS = `SELECT username AS "username" FROM all_users WHERE username = 'RDSADMIN'`;

/** RDS: the hours for which it keeps archived logs. */
export const RDS_RETENTION = `
  SELECT value AS "hours" FROM rdsadmin.rds_configuration WHERE name = 'archivelog retention hours'`;

/** How far the archived logs that are there reach back, and how many are gone. It needs SELECT on V_$ARCHIVED_LOG. */
export const ARCHIVED_LOG = `
  SELECT ROUND((SYSDATE - MIN(CASE WHEN deleted = 'NO' THEN completion_time END)) * 24, 1) AS "hours",
         COUNT(CASE WHEN deleted = 'YES' THEN 1 END) AS "deleted"
  FROM v$archived_log WHERE standby_dest = 'NO'`;

/** The system privileges that the user's session has. */
export const PRIVILEGES = `SELECT privilege AS "privilege" FROM session_privs`;

/** Which of the dictionary's objects that DMS reads the user may see (AWS DMS user guide, CHAP_Source.Oracle). */
export const DICTIONARY = `
  SELECT DISTINCT object_name AS "object" FROM all_objects
  WHERE owner = 'SYS' AND object_name IN
    ('V_$ARCHIVED_LOG', 'V_$LOG', 'V_$LOGFILE', 'V_$LOGMNR_LOGS', 'V_$LOGMNR_CONTENTS', 'V_$DATABASE', 'V_$THREAD',
     'V_$PARAMETER', 'V_$NLS_PARAMETERS', 'V_$TIMEZONE_NAMES', 'V_$TRANSACTION', 'DBA_TABLESPACES', 'DBMS_LOGMNR')`;

/** Schemas that come with Oracle: a view of 12c would tell, and one of 11g does not. */
const NOT_ORACLES = `
  NOT IN ('SYS', 'SYSTEM', 'OUTLN', 'XDB', 'CTXSYS', 'MDSYS', 'WMSYS', 'OLAPSYS', 'ORDSYS', 'ORDDATA', 'DBSNMP',
          'APPQOSSYS', 'GSMADMIN_INTERNAL', 'AUDSYS', 'LBACSYS', 'DVSYS', 'OJVMSYS', 'DBSFWUSER', 'RDSADMIN', 'EXFSYS',
          'SYSMAN', 'FLOWS_FILES', 'ORACLE_OCM', 'REMOTE_SCHEDULER_AGENT', 'SI_INFORMTN_SCHEMA')`;

/** Tables that the user may see; temporary and nested ones, and those in the recycle bin, are none. */
export const TABLES = `
  SELECT owner AS "schema", table_name AS "table", num_rows AS "rows", avg_row_len AS "row_bytes",
         iot_type AS "iot_type", cluster_name AS "cluster", compression AS "compression"
  FROM all_tables
  WHERE owner ${NOT_ORACLES} AND temporary = 'N' AND nested = 'NO' AND secondary = 'N'
    AND table_name NOT LIKE 'BIN$%' AND table_name NOT LIKE 'DR$%'
    AND (iot_type IS NULL OR iot_type = 'IOT')
  ORDER BY owner, table_name`;

export const COLUMNS = `
  SELECT owner AS "schema", table_name AS "table", column_name AS "column", data_type AS "type",
         data_type_owner AS "type_owner", data_precision AS "precision", data_scale AS "scale",
         data_length AS "length", nullable AS "nullable", virtual_column AS "virtual"
  FROM all_tab_cols
  WHERE owner ${NOT_ORACLES} AND hidden_column = 'NO'
  ORDER BY owner, table_name, column_id`;

export const PRIMARY_KEYS = `
  SELECT k.owner AS "schema", k.table_name AS "table", c.column_name AS "column"
  FROM all_constraints k
  JOIN all_cons_columns c ON c.owner = k.owner AND c.constraint_name = k.constraint_name
  WHERE k.constraint_type = 'P' AND k.status = 'ENABLED' AND k.owner ${NOT_ORACLES}
  ORDER BY k.owner, k.table_name, c.position`;

/** Unique keys; those on expressions have columns that no table shows. */
export const UNIQUE_KEYS = `
  SELECT i.table_owner AS "schema", i.table_name AS "table", i.index_name AS "index", c.column_name AS "column"
  FROM all_indexes i
  JOIN all_ind_columns c ON c.index_owner = i.owner AND c.index_name = i.index_name
  WHERE i.uniqueness = 'UNIQUE' AND i.table_owner ${NOT_ORACLES}
  ORDER BY i.table_owner, i.table_name, i.index_name, c.column_position`;

/** What supplemental logging the tables have. */
export const LOG_GROUPS = `
  SELECT DISTINCT owner AS "schema", table_name AS "table", log_group_type AS "type"
  FROM all_log_groups WHERE owner ${NOT_ORACLES}`;

/** The tables that the user may alter by a grant. */
export const ALTERABLE = `
  SELECT DISTINCT table_schema AS "schema", table_name AS "table" FROM all_tab_privs
  WHERE privilege = 'ALTER' AND grantee IN (user, 'PUBLIC')`;

/** Rows written since each table's statistics were gathered, and how long ago that was. */
export const WRITES = `
  SELECT m.table_owner AS "schema", m.table_name AS "table",
         SUM(m.inserts + m.updates + m.deletes) AS "writes",
         MIN((SYSDATE - t.last_analyzed) * 86400) AS "seconds"
  FROM all_tab_modifications m
  JOIN all_tables t ON t.owner = m.table_owner AND t.table_name = m.table_name
  WHERE m.partition_name IS NULL AND m.table_owner ${NOT_ORACLES}
  GROUP BY m.table_owner, m.table_name`;
