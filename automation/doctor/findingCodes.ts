import type { Severity } from "./finding";

/** What stands behind a code: the page docs/doctor.md is made of these. */
export interface FindingKind {
  severity: Severity;
  /** What it means, in one or two sentences. */
  meaning: string;
  /** What mends it, in general; a finding's own remedy is the statement. */
  remedy: string;
}

/**
 * Every code of a finding, stable, with its severity. Facts about DMS: AWS DMS user guide, CHAP_Target.DynamoDB and the
 * chapter of each source engine.
 */
export const FINDINGS = {
  "source-unreachable": {
    severity: "error",
    meaning: "The source cannot be reached from here, or it refused what the doctor asks.",
    remedy: "Run the doctor where the database can be reached, with a user who may read the tables.",
  },
  "server-version": {
    severity: "error",
    meaning: "DMS reads no changes from a server of this version or edition.",
    remedy: "Upgrade the server.",
  },
  "log-mode": {
    severity: "error",
    meaning: "The server's log does not carry what DMS reads changes from.",
    remedy: "Turn on the log that the engine needs: logical WAL, row-based binlog, ARCHIVELOG, CDC.",
  },
  "log-retention": {
    severity: "warning",
    meaning:
      "The server may throw its log away before DMS has read it: between the full load and the changes the replication stands still.",
    remedy: "Keep the log for at least 24 hours.",
  },
  "log-readers": {
    severity: "error",
    meaning: "The server has no room for another reader of its log (a slot, a sender, a server id).",
    remedy: "Raise the limit, or drop a reader that nobody uses.",
  },
  "log-timeout": {
    severity: "warning",
    meaning: "The server cuts DMS off too early, or waits for it too long.",
    remedy: "Set the timeout into the range that DMS works with.",
  },
  "slot-left-over": {
    severity: "warning",
    meaning:
      "A replication slot that nobody reads keeps the server's log until its disk is full. A task that was deleted leaves one behind.",
    remedy: "Drop the slot, if nothing of yours will read it again.",
  },
  "privilege-replication": {
    severity: "error",
    meaning: "The user may not read the server's log.",
    remedy: "Grant what the statement names.",
  },
  "privilege-tables": {
    severity: "error",
    meaning: "The user may not read a table that the pipeline selects.",
    remedy: "Grant SELECT.",
  },
  "privilege-ddl": {
    severity: "warning",
    meaning: "DMS may not keep in the source what it needs to see changes of the schema, or its heartbeat.",
    remedy: "Grant the right, or turn the setting off.",
  },
  "read-replica": {
    severity: "error",
    meaning: "The server is a replica that DMS cannot read changes from.",
    remedy: "Name the primary as the source.",
  },
  "no-tables": {
    severity: "error",
    meaning: "The patterns select no table, and DMS fails a task without tables.",
    remedy: "Mend rowstream:tables.include; case counts.",
  },
  "no-primary-key": {
    severity: "error",
    meaning: 'A table without a primary key: DMS refuses it, and it ends in the state "Table error".',
    remedy: "Add a key, name a unique key in rowstream:tables.keys, or exclude the table.",
  },
  "composite-key": {
    severity: "error",
    meaning: "A primary key of several columns, which DMS refuses unless it is told the columns.",
    remedy: "List the columns in rowstream:tables.keys.",
  },
  "key-mismatch": {
    severity: "error",
    meaning:
      "The columns in rowstream:tables.keys are not a key of the table: rows would overwrite one another.",
    remedy: "List the columns of its key.",
  },
  "key-separator": {
    severity: "warning",
    meaning:
      "A sort key joined of several text columns: where their values hold a #, two keys can become one.",
    remedy: "Order the columns so that at most the last one holds a #.",
  },
  "table-unknown": {
    severity: "warning",
    meaning: "rowstream:tables.keys names a table that is not there.",
    remedy: "Mend the name (case counts), or take it out.",
  },
  "table-name": {
    severity: "error",
    meaning:
      "DynamoDB refuses the table's name (3 to 255 letters, digits, _ . -). What DMS does with it is not documented.",
    remedy: "Name its key in rowstream:tables.keys: rowstream then chooses a name that is allowed.",
  },
  "table-name-clash": {
    severity: "error",
    meaning: "Two tables would be one table in DynamoDB.",
    remedy: "Name their keys in rowstream:tables.keys, or exclude one of them.",
  },
  "key-name": {
    severity: "error",
    meaning: "The name of a key attribute has more than 255 bytes, which DynamoDB refuses.",
    remedy: "Rename the columns, or exclude the table.",
  },
  "source-name": {
    severity: "error",
    meaning: "DMS does not replicate a table or column of this name from this engine.",
    remedy: "Rename it, or exclude the table.",
  },
  "table-unsupported": {
    severity: "error",
    meaning: "DMS captures no changes of this kind of table.",
    remedy: "Exclude the table.",
  },
  "partitioned-table": {
    severity: "warning",
    meaning:
      "The log names the partitions of a partitioned table: each is a table of its own to DMS, with its own table in DynamoDB.",
    remedy: "Have consumers take the partitions together, or exclude them.",
  },
  "table-logging": {
    severity: "error",
    meaning: "The table's changes are not in the server's log, or without its key.",
    remedy: "Turn the table's logging on: logged, supplemental logging, CDC, replica identity.",
  },
  "column-lost": {
    severity: "warning",
    meaning: "A column that does not reach DynamoDB, and so is in no event.",
    remedy: "Do without it, or keep the value in a column of another type.",
  },
  "key-lost": {
    severity: "error",
    meaning: "A primary key with a column that DMS loses: its rows have no key in DynamoDB.",
    remedy: "Name another unique key in rowstream:tables.keys, or exclude the table.",
  },
  "column-stale": {
    severity: "warning",
    meaning: "A column whose later changes do not arrive: it keeps the value that its row was made with.",
    remedy: "Have DMS read the log another way, or do without the column.",
  },
  "column-rounded": {
    severity: "warning",
    meaning: "A column whose values lose digits on the way.",
    remedy: "Declare its precision, or set what the finding names.",
  },
  "column-digits": {
    severity: "warning",
    meaning: "A number of more than 38 digits, which DynamoDB refuses: with the value, its row is lost.",
    remedy: "Keep the values within 38 digits, or store them as text.",
  },
  "column-retyped": {
    severity: "info",
    meaning: "A column whose values arrive in another form.",
    remedy: "Have consumers expect it.",
  },
  "column-undocumented": {
    severity: "warning",
    meaning: "A column of a type that AWS does not list for DynamoDB: it may arrive, or not.",
    remedy: "Try it with one row before you rely on it.",
  },
  "row-size": {
    severity: "warning",
    meaning: "A row near DynamoDB's limit of 400 KB. One that passes it suspends its table.",
    remedy: "Keep large values out of the table, or exclude it.",
  },
  "write-rate": {
    severity: "warning",
    meaning:
      "The source writes faster than DMS may apply: to DynamoDB it applies changes one by one, with one thread.",
    remedy: "Measure the latency under load, or split the tables between several pipelines.",
  },
  "write-capacity": {
    severity: "warning",
    meaning: "A table is written faster than the capacity that the stack gives it.",
    remedy: "Raise rowstream:tableCapacity.maxWriteUnits, or take it away.",
  },
  "load-time": {
    severity: "info",
    meaning: "The full load takes long: DMS gives each table 200 write units while it loads.",
    remedy: "Have the source keep its log for that long.",
  },
  "aws-unread": {
    severity: "info",
    meaning: "A part of the AWS account that the doctor could not look at.",
    remedy: "Give credentials that may read it, where it matters.",
  },
  "aws-quota": {
    severity: "error",
    meaning:
      "An AWS quota that the pipeline would pass: its deployment, or the full load, would fail in the middle.",
    remedy: "Have the quota raised, or free some of it.",
  },
  "dynamodb-table": {
    severity: "error",
    meaning: "A DynamoDB table of the name that DMS would give to one of the source's is there already.",
    remedy: "Delete it, or have the source's table named by its schema with rowstream:tables.keys.",
  },
  "lambda-concurrency": {
    severity: "warning",
    meaning:
      "Fewer concurrent executions are left in the account than table streams may call the fan-in at once.",
    remedy: "Have the quota raised; until then events are late, and none is lost for 24 hours.",
  },
  "account-role": {
    severity: "error",
    meaning: "A role that DMS needs once in an account is not there, and the stack is told not to make it.",
    remedy: "Set rowstream:replication.accountRoles to create.",
  },
  subnets: {
    severity: "error",
    meaning: "The subnets in the configuration are not two of the VPC in two availability zones.",
    remedy: "Name two such subnets.",
  },
  "vpc-endpoints": {
    severity: "warning",
    meaning: "A VPC of the user's own without the endpoints through which DMS reaches AWS.",
    remedy: "Set rowstream:network.routeTableIds to have them made, or see to a NAT gateway.",
  },
} as const satisfies Record<string, FindingKind>;

/** The stable code of a finding. */
export type FindingCode = keyof typeof FINDINGS;
