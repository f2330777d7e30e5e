import type { HeartbeatFamily } from "../../functions/heartbeat/heartbeatSql";
import type { SourceEngine } from "../replication/endpointSettings";

/** What the heartbeat knows of an engine. */
export interface HeartbeatEngine {
  /** The engine's family, whose SQL and protocol it is written by. */
  family: HeartbeatFamily;
  /** The package of package.json that speaks its protocol. */
  driver: string;
  /** The longest name of a table, in characters. */
  longestName: number;
}

const POSTGRES: HeartbeatEngine = { family: "postgres", driver: "pg", longestName: 63 };
const MYSQL: HeartbeatEngine = { family: "mysql", driver: "mysql2", longestName: 64 };

/** The engines that the heartbeat can write to; for the others the project has no driver. */
export const HEARTBEAT_ENGINES: Readonly<Partial<Record<SourceEngine, HeartbeatEngine>>> = {
  postgres: POSTGRES,
  "aurora-postgresql": POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
  aurora: MYSQL,
  sqlserver: { family: "sqlserver", driver: "tedious", longestName: 128 },
  // 30 before 12.2: such a server says so itself when the table is made.
  oracle: { family: "oracle", driver: "oracledb", longestName: 128 },
};
