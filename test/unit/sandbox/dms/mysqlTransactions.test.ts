import assert from "node:assert/strict";
import type { LogEvent } from "../../../../sandbox/dms/source/mysql/logEvents";
import { Transactions } from "../../../../sandbox/dms/source/mysql/transactions";

let offset = 0;

/** An event as the reader hands it over; each ends ten bytes behind the one before. */
function event(name: string, fields: object = {}): LogEvent {
  offset += 10;
  return { getEventName: () => name, nextPosition: offset, size: 10, ...fields };
}

const table = (tableId: number, fields: object = {}) =>
  event("tablemap", {
    // MariaDB writes nonsense here inside of a transaction.
    nextPosition: 3,
    tableId,
    schemaName: "shop",
    tableName: `t${tableId}`,
    columnNames: ["id"],
    tableMap: { [tableId]: { columnSchemas: [{ COLUMN_TYPE: "int" }] } },
    ...fields,
  });

const insert = (tableId: number, fields: object = {}) =>
  event("writerows", {
    nextPosition: 0,
    tableId,
    numberOfColumns: 1,
    rows: [{ id: 1 }],
    columns_present_bitmap: Buffer.from([0xff]),
    ...fields,
  });

const begin = () => event("mariadbgtid", { standalone: false });
const standalone = () => event("mariadbgtid", { standalone: true });
const query = (text: string) => event("query", { query: text, schema: "shop" });
const rotate = (file: string) => event("rotate", { binlogName: file, position: 4 });

/** What comes of events, in short. */
function outcome(events: LogEvent[], heldBytes?: number): string[] {
  const items: string[] = [];
  const transactions = new Transactions(
    { file: "b.1", offset: 4 },
    (item) => {
      switch (item.kind) {
        case "commit":
          items.push(item.position);
          break;
        case "truncate":
          items.push(`truncate ${item.schema}.${item.name}`);
          break;
        default:
          items.push(`${item.kind} ${item.event.tableId}`);
      }
    },
    heldBytes,
  );
  for (const one of events) {
    transactions.take(one);
  }
  return items;
}

describe("the transactions of a binary log", () => {
  beforeEach(() => {
    offset = 0;
  });

  it("come whole, with the position behind them, on MariaDB", () => {
    const events = [begin(), table(7), insert(7), insert(7), event("xid")];
    assert.deepEqual(outcome(events.slice(0, 4)), []);
    assert.deepEqual(outcome(events), ["table 7", "insert 7", "insert 7", "b.1/50"]);
  });

  it("come whole on MySQL, where a statement begins them", () => {
    const events = [event("gtid"), query("BEGIN"), table(7), insert(7), event("xid")];
    assert.deepEqual(outcome(events), ["table 7", "insert 7", "b.1/50"]);
  });

  it("end with COMMIT where the engine has no transactions", () => {
    const events = [begin(), table(7), insert(7), query("COMMIT")];
    assert.deepEqual(outcome(events), ["table 7", "insert 7", "b.1/40"]);
  });

  it("come to nothing with ROLLBACK", () => {
    assert.deepEqual(outcome([begin(), table(7), insert(7), query("ROLLBACK")]), ["table 7", "b.1/40"]);
  });

  it("have their place in the log moved on by everything between them", () => {
    const events = [
      rotate("b.2"),
      event("format"),
      standalone(),
      query("CREATE TABLE x (id int)"),
      event("heartbeat"),
    ];
    assert.deepEqual(outcome(events), ["b.2/4", "b.2/20", "b.2/40", "b.2/50"]);
  });

  it("describe a table once a file, since a server that starts again gives its number to another", () => {
    const once = [begin(), table(7), insert(7), event("xid"), begin(), table(7), insert(7), event("xid")];
    assert.deepEqual(outcome(once), ["table 7", "insert 7", "b.1/40", "insert 7", "b.1/80"]);
    const twice = [...once.slice(0, 4), rotate("b.2"), ...once.slice(4)];
    assert.equal(outcome(twice).filter((item) => item === "table 7").length, 2);
  });

  it("are forgotten where the server crashed in the middle of one, its tables' descriptions too", () => {
    const events = [begin(), table(7), insert(7), rotate("b.2"), begin(), table(7), insert(7), event("xid")];
    assert.deepEqual(outcome(events), ["b.2/4", "table 7", "insert 7", "b.2/80"]);
    // Without a new file: another transaction begins.
    const again = [begin(), table(7), insert(7), begin(), table(7), insert(7), event("xid")];
    assert.deepEqual(outcome(again).slice(0, 2), ["table 7", "insert 7"]);
  });

  it("are handed over in parts where they are large, and then cannot be taken back", () => {
    const events = [begin(), table(7), insert(7), insert(7), insert(7)];
    assert.deepEqual(outcome(events, 25), ["table 7", "insert 7", "insert 7"]);
    assert.deepEqual(outcome([...events, event("xid")], 25).slice(-2), ["insert 7", "b.1/60"]);
    assert.throws(
      () => outcome([...events, rotate("b.2")], 25),
      /crashed in the middle of a large transaction/,
    );
  });

  it("name tables that are truncated", () => {
    assert.deepEqual(outcome([standalone(), query("TRUNCATE TABLE orders")]), [
      "truncate shop.orders",
      "b.1/20",
    ]);
  });

  it("cannot be read where the log does not have the whole of a row, or its columns' names", () => {
    const partial = insert(7, { columns_present_bitmap: Buffer.from([0xfe]) });
    assert.throws(
      () => outcome([begin(), table(7), partial]),
      /binlog_row_image must be FULL in every session/,
    );
    assert.throws(
      () => outcome([begin(), table(7, { columnNames: undefined })]),
      /does not name the columns of 'shop'\.'t7': SET GLOBAL binlog_row_metadata = 'FULL'/,
    );
  });
});
