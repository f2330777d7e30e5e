import type { SourceEngine } from "../../components/replication/endpointSettings";
import { RowstreamError } from "../errors";
import { type EngineFamily, familyOf } from "../source/sourceConnection";
import { type SourceExaminer, sourceExaminer } from "./examineSource";

/** The engines that the doctor knows. Each is loaded, with its driver, when it is asked for. */
const EXAMINERS: Partial<Record<EngineFamily, () => Promise<SourceExaminer>>> = {
  postgres: async () => sourceExaminer((await import("./postgres/postgresEngine.js")).postgresEngine),
  mysql: async () => sourceExaminer((await import("./mysql/mysqlEngine.js")).mysqlEngine),
  oracle: async () => sourceExaminer((await import("./oracle/oracleEngine.js")).oracleEngine),
  sqlserver: async () => sourceExaminer((await import("./sqlserver/sqlserverEngine.js")).sqlserverEngine),
};

/**
 * The examiner of an engine.
 *
 * @throws RowstreamError `SourceNotReadable` for an engine that the doctor does not know
 */
export async function examinerOf(engine: SourceEngine): Promise<SourceExaminer> {
  const load = EXAMINERS[familyOf(engine)];
  if (load === undefined) {
    const known = Object.keys(EXAMINERS).join(", ");
    throw new RowstreamError(
      "SourceNotReadable",
      "user",
      `the source's engine is "${engine}"; the doctor knows ${known}`,
    );
  }
  return load();
}
