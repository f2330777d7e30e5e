import { selectedBy } from "../../components/replication/tablePattern";
import { isControlTable } from "../../functions/controlTable";
import { RowstreamError } from "../errors";
import { pause } from "../poll";
import { describeConnection, type SourceConnection } from "../source/sourceConnection";
import { byName, qualifiedName } from "../tableMatch";
import type { CatalogueClient, DoctorEngine, WriteReading } from "./engine";
import type { Finding } from "./finding";
import type { Plan } from "./plan";
import { columnFindings } from "./rules/columns";
import { keyFindings } from "./rules/keys";
import { nameFindings } from "./rules/names";
import { rateFindings } from "./rules/rates";
import { sizeFindings } from "./rules/sizes";
import type { SourceFacts, TableFacts } from "./sourceFacts";

/** How closely to look. */
export interface ExamineOptions {
  /** For how long to watch the server's counters, in seconds; 0 goes by what they hold already. */
  sampleSeconds: number;
  /** Look for the largest rows, which reads a bounded part of the tables that may have any. */
  measureRows: boolean;
  signal?: AbortSignal | undefined;
}

/** What the examination of a source came to. */
export interface Examination {
  /** The tables that the plan selects. */
  tables: TableFacts[];
  findings: Finding[];
  /** Those of them that another plan for the same source selects. */
  tablesUnder(plan: Plan): TableFacts[];
  /** What the same facts come to under another plan. Asks nobody. */
  findingsUnder(plan: Plan): Finding[];
}

/** Examines a source of one engine. */
export type SourceExaminer = (
  connection: SourceConnection,
  plan: Plan,
  options: ExamineOptions,
) => Promise<Examination>;

/** Binds an engine to the examination that all share. */
export function sourceExaminer<Server>(engine: DoctorEngine<Server>): SourceExaminer {
  return async (connection, plan, options) => {
    const client = await connect(engine, connection);
    try {
      const facts = await readFacts(engine, client, plan, options);
      const tablesUnder = (other: Plan) => facts.tables.filter((table) => isSelected(table, other));
      return {
        tables: facts.tables,
        findings: findingsOf(engine, facts, plan),
        tablesUnder,
        findingsUnder: (other) => findingsOf(engine, { ...facts, tables: tablesUnder(other) }, other),
      };
    } catch (error) {
      throw RowstreamError.is(error)
        ? error
        : notReadable(`the source refused a query: ${(error as Error).message}`, error);
    } finally {
      // A server that is gone by now has told enough.
      await client.close().catch(() => undefined);
    }
  };
}

/** All findings of a source, of its server and of its tables. Pure. */
export function findingsOf<Server>(
  engine: Pick<DoctorEngine<Server>, "prerequisites" | "columnFate">,
  facts: SourceFacts<Server>,
  plan: Plan,
): Finding[] {
  return [
    ...engine.prerequisites(facts, plan),
    ...keyFindings(facts.tables, plan),
    ...nameFindings(facts.tables, plan),
    ...columnFindings(facts.tables, (column) => engine.columnFate(column, plan)),
    ...sizeFindings(facts.tables),
    ...rateFindings(facts.tables, plan),
  ];
}

async function connect<Server>(
  engine: DoctorEngine<Server>,
  connection: SourceConnection,
): Promise<CatalogueClient> {
  try {
    return await engine.open(connection);
  } catch (error) {
    throw notReadable(
      `the source ${describeConnection(connection)} cannot be reached: ${(error as Error).message}`,
      error,
    );
  }
}

/** Asks the database for everything that the rules go by. */
export async function readFacts<Server>(
  engine: DoctorEngine<Server>,
  client: CatalogueClient,
  plan: Plan,
  options: ExamineOptions,
): Promise<SourceFacts<Server>> {
  const startedAt = Date.now();
  const server = await engine.readServer(client, plan);
  const first = await engine.readWrites(client);
  const tables = (await engine.readTables(client, server))
    .filter((table) => isSelected(table, plan) && !isControlTable(table.table))
    .sort(byName);
  if (options.measureRows && engine.largestRow !== undefined) {
    for (const table of tables.filter(({ readable }) => readable)) {
      const bytes = await engine.largestRow(client, table);
      if (bytes !== undefined) {
        table.largestRowBytes = bytes;
      }
    }
  }
  if (first !== undefined) {
    const waited = Date.now() - startedAt;
    await pause(Math.max(0, options.sampleSeconds * 1000 - waited), options.signal);
    const second = options.sampleSeconds > 0 ? await engine.readWrites(client) : undefined;
    const elapsed = (Date.now() - startedAt) / 1000;
    for (const table of tables) {
      const rate = writeRate(qualifiedName(table), first, second, elapsed);
      if (rate !== undefined) {
        table.writesPerSecond = rate;
      }
    }
  }
  return { server, tables };
}

/** Counters that began less long ago tell of a start or of a bulk load, and not of every day. */
const LEAST_COUNTED_SECONDS = 3600;

/** The higher of two rates: that of the whole time that the server has counted, and that of the sample. */
function writeRate(
  name: string,
  first: WriteReading,
  second: WriteReading | undefined,
  elapsed: number,
): number | undefined {
  const before = first.counts.get(name);
  const rates: number[] = [];
  const counted = typeof first.seconds === "object" ? first.seconds.get(name) : first.seconds;
  if (before !== undefined && counted !== undefined && counted >= LEAST_COUNTED_SECONDS) {
    rates.push(before / counted);
  }
  const after = second?.counts.get(name);
  if (after !== undefined && elapsed > 0) {
    rates.push(Math.max(0, after - (before ?? 0)) / elapsed);
  }
  return rates.length === 0 ? undefined : Math.max(...rates);
}

function isSelected(table: TableFacts, { tables }: Plan): boolean {
  return selectedBy(tables.include, table) && !selectedBy(tables.exclude ?? [], table);
}

function notReadable(message: string, cause: unknown): RowstreamError {
  return new RowstreamError("SourceNotReadable", "user", message, {
    remedy: "run it where the database can be reached, or name the way to it with --source",
    cause,
  });
}
