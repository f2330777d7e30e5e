import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBehaviour } from "../../../../sandbox/dms/behaviour";
import { parseTableMappings } from "../../../../sandbox/dms/mapping/tableMappings";
import { Applier } from "../../../../sandbox/dms/replicator/applier";
import type { ProgressFile } from "../../../../sandbox/dms/replicator/progress";
import { ReplicatedTables } from "../../../../sandbox/dms/replicator/tables";
import type { TaskLog } from "../../../../sandbox/dms/replicator/taskLog";
import type { RowChange, SourceTable } from "../../../../sandbox/dms/source/source";
import type { DynamoTarget, WriteResult } from "../../../../sandbox/dms/target/dynamodb";
import type { DynamoTables } from "../../../../sandbox/dms/target/dynamoTables";
import type { Write } from "../../../../sandbox/dms/target/requests";
import { parseTaskSettings } from "../../../../sandbox/dms/taskSettings";

const TABLE: SourceTable = {
  id: "1",
  schema: "public",
  name: "rows",
  columns: [
    { name: "id", numeric: true },
    { name: "v", numeric: true },
  ],
  primaryKey: ["id"],
  identity: ["id"],
};

const EVERYTHING = JSON.stringify({
  rules: [
    {
      "rule-type": "selection",
      "rule-id": "1",
      "rule-name": "1",
      "rule-action": "include",
      "object-locator": { "schema-name": "%", "table-name": "%" },
    },
  ],
});

/** A target that answers late and in any order, and keeps what it was told in the order in which it was done. */
class SlowTarget {
  readonly done: Write[] = [];
  private readonly waiting: (() => void)[] = [];

  async write(write: Write): Promise<WriteResult> {
    return (await this.writeBatch([write]))[0] as WriteResult;
  }

  async writeBatch(writes: Write[]): Promise<WriteResult[]> {
    const keys = writes.map((write) => idOf(write));
    assert.equal(new Set(keys).size, keys.length, "two writes of one row in one batch");
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.done.push(...writes);
    return writes.map((write) => ({ write }));
  }

  /** Answers one of the waiting calls. @returns false where none waits */
  answer(which: number): boolean {
    const [chosen] = this.waiting.splice(which % Math.max(1, this.waiting.length), 1);
    chosen?.();
    return chosen !== undefined;
  }

  /** Answers calls, in the order that is chosen, until none comes any more. */
  async answerAll(choose: () => number): Promise<void> {
    for (let idle = 0; idle < 3; ) {
      await turn();
      idle = this.answer(choose()) ? 0 : idle + 1;
    }
  }
}

function idOf(write: Write): string {
  return (write.kind === "delete" ? write.key : write.row.key).id?.N ?? "";
}

function valueIn(write: Write): number {
  return write.kind === "delete" ? -1 : Number(write.row.attributes.v?.N);
}

function setUp(onApplied: (position: string) => void) {
  const progress = { value: { phase: "changes", tables: {} }, save: () => undefined, touch: () => undefined };
  const log = { write: () => undefined } as unknown as TaskLog;
  const tables = new ReplicatedTables({
    taskName: "task",
    mappings: parseTableMappings(EVERYTHING),
    behaviour: parseBehaviour(undefined),
    progress: progress as unknown as ProgressFile,
    target: {} as DynamoTables,
    log,
  });
  tables.add(TABLE);
  const target = new SlowTarget();
  const applier = new Applier({
    tables,
    target: target as unknown as DynamoTarget,
    progress: progress as unknown as ProgressFile,
    log,
    errors: parseTaskSettings("{}").ErrorBehavior,
    onApplied,
    onFailure: (error) => assert.fail(error as Error),
  });
  return { applier, target };
}

function change(kind: RowChange["kind"], id: number, value: number): RowChange {
  const key = { N: String(id) };
  return {
    kind,
    table: TABLE,
    row: kind === "delete" ? undefined : [key, { N: String(value) }],
    old: kind === "delete" ? [key, undefined] : undefined,
  };
}

/** Every row has had at least as many changes applied as are due. */
function assertApplied(done: Write[], due: { id: number }[], position: string): void {
  for (const id of new Set(due.map((one) => one.id))) {
    const wanted = due.filter((one) => one.id === id).length;
    const applied = done.filter((write) => idOf(write) === String(id)).length;
    assert.ok(
      applied >= wanted,
      `${position} was confirmed with ${applied} of ${wanted} changes of row ${id} applied`,
    );
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("Applier", () => {
  it("applies each row's changes in order and confirms a transaction only when all before it is applied", async () => {
    const kinds = fc.constantFrom<RowChange["kind"]>("insert", "update", "delete");
    const transactions = fc.array(
      fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 12 })), { maxLength: 12 }),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(transactions, fc.infiniteStream(fc.nat(100)), async (log, order) => {
        const expected: { id: number; value: number; transaction: number }[] = [];
        const confirmed: number[] = [];
        const { applier, target } = setUp((position) => {
          const upTo = Number(position);
          confirmed.push(upTo);
          assertApplied(
            target.done,
            expected.filter((one) => one.transaction <= upTo),
            position,
          );
        });
        let value = 0;
        for (const [transaction, changes] of log.entries()) {
          for (const [kind, id] of changes) {
            value++;
            expected.push({ id, value: kind === "delete" ? -1 : value, transaction });
            await applier.change(change(kind, id, value));
          }
          await applier.commit(String(transaction));
        }
        await target.answerAll(() => order.next().value ?? 0);
        for (let id = 0; id <= 12; id++) {
          assert.deepEqual(
            target.done.filter((write) => idOf(write) === String(id)).map(valueIn),
            expected.filter((one) => one.id === id).map((one) => one.value),
          );
        }
        assert.equal(confirmed.at(-1) ?? -1, log.length - 1);
        assert.deepEqual(
          confirmed,
          [...confirmed].sort((a, b) => a - b),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("lets no change in while it is held, and loses none", async () => {
    const { applier, target } = setUp(() => undefined);
    await applier.change(change("insert", 1, 1));
    const held = applier.hold();
    const later = applier.change(change("update", 1, 2));
    await turn();
    target.answer(0);
    const open = await held;
    assert.equal(target.done.length, 1);
    open();
    await later;
    await turn();
    target.answer(0);
    await applier.drained();
    assert.deepEqual(target.done.map(valueIn), [1, 2]);
  });

  it("holds the log back where the target does not follow", async () => {
    const { applier, target } = setUp(() => undefined);
    let heldBack = applier.change(change("insert", 0, 0));
    let sent = 1;
    while (heldBack === undefined) {
      heldBack = applier.change(change("insert", sent, sent));
      sent++;
      assert.ok(sent < 10_000, "nothing holds the log back");
    }
    await target.answerAll(() => 0);
    await heldBack;
    assert.equal(target.done.length, sent);
  });
});
