/** Every query that the doctor puts to MySQL and MariaDB. They read variables, catalogues and statistics. */

/** The server's variables that matter, as far as the version has them. */
export const VARIABLES = `
  SHOW GLOBAL VARIABLES WHERE Variable_name IN (
    'version', 'basedir', 'aurora_version', 'innodb_read_only', 'lower_case_table_names', 'performance_schema', 'userstat',
    'server_id', 'log_bin', 'binlog_format', 'binlog_row_image', 'binlog_row_value_options', 'binlog_checksum',
    'binlog_transaction_compression', 'log_bin_compress', 'log_slave_updates', 'log_replica_updates',
    'binlog_expire_logs_seconds', 'binlog_expire_logs_auto_purge', 'expire_logs_days')`;

/** The account that the server took the user for, as `name@host`. */
export const ACCOUNT = "SELECT CURRENT_USER() AS account";

/** The user's grants, those of the roles that are active among them: one statement a row, in a column named for the user. */
export const GRANTS = "SHOW GRANTS";

/** A row where the server takes its changes over from another; MySQL 8.4 knows the second form alone. */
export const REPLICA_STATUS = "SHOW SLAVE STATUS";
export const REPLICA_STATUS_NEW = "SHOW REPLICA STATUS";

/** The databases that are kept out of the log; MySQL 8.4 knows the second form alone. */
export const LOG_STATUS = "SHOW MASTER STATUS";
export const LOG_STATUS_NEW = "SHOW BINARY LOG STATUS";

/** For how many hours RDS keeps the log; NULL for as short as it can. */
export const RDS_RETENTION =
  "SELECT value FROM mysql.rds_configuration WHERE name = 'binlog retention hours'";

const SYSTEM = "('mysql', 'information_schema', 'performance_schema', 'sys')";

/** Tables that the user has any privilege for. Rows and bytes are InnoDB's estimates, values outside the pages included. */
export const TABLES = `
  SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\`, TABLE_ROWS AS \`rows\`, DATA_LENGTH AS bytes
  FROM information_schema.TABLES
  WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND TABLE_SCHEMA NOT IN ${SYSTEM}
  ORDER BY 1, 2`;

export const COLUMNS = `
  SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\`, COLUMN_NAME AS \`column\`, DATA_TYPE AS type,
         COLUMN_TYPE AS declared, NUMERIC_PRECISION AS \`precision\`, NUMERIC_SCALE AS scale,
         IS_NULLABLE AS nullable, EXTRA AS extra
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA NOT IN ${SYSTEM}
  ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`;

/** Primary and unique keys, a row for each column of each; a part that is an expression has no column. */
export const KEYS = `
  SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\`, INDEX_NAME AS \`index\`, COLUMN_NAME AS \`column\`,
         NULLABLE AS nullable
  FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND TABLE_SCHEMA NOT IN ${SYSTEM}
  ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`;

/** Rows written since the server started, by the performance schema. */
export const WRITES = `
  SELECT OBJECT_SCHEMA AS \`schema\`, OBJECT_NAME AS \`table\`, COUNT_INSERT + COUNT_UPDATE + COUNT_DELETE AS writes
  FROM performance_schema.table_io_waits_summary_by_table WHERE OBJECT_TYPE = 'TABLE'`;

/** The same by MariaDB's user statistics, for servers without a performance schema. */
export const WRITES_USERSTAT =
  "SELECT TABLE_SCHEMA AS `schema`, TABLE_NAME AS `table`, ROWS_CHANGED AS writes FROM information_schema.TABLE_STATISTICS";

/** For how long the server has counted, in seconds. */
export const UPTIME = "SHOW GLOBAL STATUS LIKE 'Uptime'";
