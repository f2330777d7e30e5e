import type { CatalogueClient, CatalogueRow, DoctorEngine } from "../../automation/doctor/engine";
import { findingsOf, readFacts } from "../../automation/doctor/examineSource";
import type { Finding } from "../../automation/doctor/finding";
import type { Plan } from "../../automation/doctor/plan";
import type { SourceFacts } from "../../automation/doctor/sourceFacts";

/** What a server answers: the rows of each query, by its text, or the error with which it refuses it. */
export type Answers = ReadonlyMap<string, readonly CatalogueRow[] | Error>;

/** A connection that answers from a record, and fails a test that asks anything else. */
export function recordedClient(answers: Answers): CatalogueClient {
  return {
    query: async <Row extends CatalogueRow>(text: string) => {
      const answer = answers.get(text);
      if (answer === undefined) {
        throw new Error(`no answer is recorded for: ${text}`);
      }
      if (answer instanceof Error) {
        throw answer;
      }
      return answer as Row[];
    },
    close: async () => undefined,
  };
}

/** Examines a source of recorded answers. */
export async function examineRecorded<Server>(
  engine: DoctorEngine<Server>,
  answers: Answers,
  plan: Plan,
): Promise<{ facts: SourceFacts<Server>; findings: Finding[] }> {
  const options = { sampleSeconds: 0, measureRows: false };
  const facts = await readFacts(engine, recordedClient(answers), plan, options);
  return { facts, findings: findingsOf(engine, facts, plan) };
}

/** Answers with members of one row of a query changed. */
export function changed(
  answers: Answers,
  query: string,
  changes: CatalogueRow,
  which: (row: CatalogueRow) => boolean = () => true,
): Answers {
  const recorded = answers.get(query);
  const rows = Array.isArray(recorded) && recorded.length > 0 ? recorded : [{}];
  const mended = rows.map((row) => (which(row) ? { ...row, ...changes } : row));
  return new Map([...answers, [query, mended]]);
}
