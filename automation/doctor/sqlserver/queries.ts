/**
 * Every query that the doctor puts to SQL Server. They read catalogue views, and no row of a table. Counts are cast to
 * float, because the driver gives BIGINT as text.
 */

/** One row: the server, the database, and what the login may do. */
export const SERVER = `
  SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
         CAST(SERVERPROPERTY('EngineEdition') AS int) AS engine_edition,
         CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition,
         CAST(CASE WHEN DB_ID('rdsadmin') IS NULL THEN 0 ELSE 1 END AS bit) AS rds,
         d.name AS [database], d.recovery_model_desc AS recovery_model, d.is_cdc_enabled, d.is_read_only,
         CAST((SELECT COUNT(*) FROM sys.servers WHERE is_distributor = 1) AS int) AS distributors,
         SUSER_SNAME() AS login,
         CAST(ISNULL(IS_SRVROLEMEMBER('sysadmin'), 0) AS bit) AS sysadmin,
         CAST(ISNULL(IS_MEMBER('db_owner'), 0) AS bit) AS db_owner,
         CAST(ISNULL(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), 0) AS bit) AS view_server_state
  FROM sys.databases d WHERE d.database_id = DB_ID()`;

/** From version 15 (2019) on: whether accelerated database recovery is on. */
export const ACCELERATED_RECOVERY = `
  SELECT is_accelerated_database_recovery_on AS is_on FROM sys.databases WHERE database_id = DB_ID()`;

/** When the last full backup ended; NULL for none. It needs SELECT on msdb.dbo.backupset. */
export const LAST_BACKUP = `
  SELECT MAX(backup_finish_date) AS finished FROM msdb.dbo.backupset WHERE database_name = DB_NAME() AND type = 'D'`;

/** The job that reads the log for CDC: how often it looks, in seconds. It needs SELECT on msdb.dbo.cdc_jobs. */
export const CAPTURE_JOB = `
  SELECT CAST(pollinginterval AS float) AS polling_seconds
  FROM msdb.dbo.cdc_jobs WHERE database_id = DB_ID() AND job_type = 'capture'`;

/** Properties that older versions do not know are NULL there. */
export const TABLES = `
  SELECT t.object_id AS id, s.name AS [schema], t.name AS [table], t.is_tracked_by_cdc, t.is_replicated,
         ISNULL(OBJECTPROPERTY(t.object_id, 'TableTemporalType'), 0) AS temporal_type,
         ISNULL(OBJECTPROPERTY(t.object_id, 'TableIsMemoryOptimized'), 0) AS memory_optimized,
         CAST(CASE WHEN EXISTS (SELECT 1 FROM sys.indexes i WHERE i.object_id = t.object_id AND i.type IN (5, 6))
              THEN 1 ELSE 0 END AS bit) AS columnstore,
         CAST(ISNULL(HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(t.name), 'OBJECT', 'SELECT'), 0) AS bit)
           AS readable,
         (SELECT CAST(SUM(p.rows) AS float) FROM sys.partitions p
          WHERE p.object_id = t.object_id AND p.index_id IN (0, 1)) AS rows,
         (SELECT CAST(SUM(a.used_pages) AS float) * 8192 FROM sys.partitions p
          JOIN sys.allocation_units a
            ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END
          WHERE p.object_id = t.object_id AND p.index_id IN (0, 1)) AS bytes
  FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id
  WHERE t.is_ms_shipped = 0 AND s.name <> 'cdc'
  ORDER BY s.name, t.name`;

/** Alias types are resolved to what they stand on; a CLR type (hierarchyid, geometry) is one of its own. */
export const COLUMNS = `
  SELECT c.object_id AS id, c.name AS [column],
         CASE WHEN y.is_assembly_type = 1 THEN y.name ELSE TYPE_NAME(c.system_type_id) END AS type,
         CAST(c.max_length AS int) AS max_length, CAST(c.precision AS int) AS precision, CAST(c.scale AS int) AS scale,
         c.is_nullable, c.is_computed, c.is_sparse
  FROM sys.columns c
  JOIN sys.tables t ON t.object_id = c.object_id JOIN sys.schemas s ON s.schema_id = t.schema_id
  JOIN sys.types y ON y.user_type_id = c.user_type_id
  WHERE t.is_ms_shipped = 0 AND s.name <> 'cdc'
  ORDER BY c.object_id, c.column_id`;

/** Primary and unique keys, a row for each column of each; filtered ones are no keys. */
export const KEYS = `
  SELECT i.object_id AS id, i.index_id AS [index], i.name, i.is_primary_key, c.name AS [column], c.is_nullable
  FROM sys.indexes i
  JOIN sys.tables t ON t.object_id = i.object_id
  JOIN sys.index_columns k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0
  JOIN sys.columns c ON c.object_id = k.object_id AND c.column_id = k.column_id
  WHERE i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0 AND t.is_ms_shipped = 0
  ORDER BY i.object_id, i.index_id, k.key_ordinal`;

/** Rows written since the server has had the table in its cache. It needs VIEW DATABASE STATE. */
export const WRITES = `
  SELECT s.name AS [schema], t.name AS [table],
         CAST(SUM(o.leaf_insert_count + o.leaf_update_count + o.leaf_delete_count + o.leaf_ghost_count) AS float) AS writes
  FROM sys.dm_db_index_operational_stats(DB_ID(), NULL, NULL, NULL) o
  JOIN sys.tables t ON t.object_id = o.object_id JOIN sys.schemas s ON s.schema_id = t.schema_id
  WHERE o.index_id IN (0, 1)
  GROUP BY s.name, t.name`;

/** Since when the server runs. It needs VIEW SERVER STATE. */
export const UPTIME = `
  SELECT CAST(DATEDIFF(second, sqlserver_start_time, SYSDATETIME()) AS float) AS seconds FROM sys.dm_os_sys_info`;
