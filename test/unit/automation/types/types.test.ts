import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import ts from "typescript";
import { jsonSchemaOf } from "../../../../automation/types/jsonSchema";
import {
  idleMasks,
  type RowType,
  rowTypeOfItems,
  rowTypeOfSource,
} from "../../../../automation/types/rowType";
import { typeNames } from "../../../../automation/types/typeNames";
import { typeScriptText } from "../../../../automation/types/typeScriptText";
import type { Item } from "../../../../automation/verify/rowKey";
import type { SourceTable } from "../../../../automation/verify/verifySource";
import type { ReplicatedTable } from "../../../../components/replicatedTable";
import { keyedHash } from "../../../../functions/mask";
import { prepareBatch } from "../../../../functions/prepareBatch";
import { readSources, type TableDocument } from "../../../../functions/sources";
import { replicatedTable } from "../../../helpers/pipelineArgs";
import { StreamRecords } from "../../../helpers/streamRecords";
import { ROOT } from "../../../helpers/tools";

const ORDERS = replicatedTable("orders", { partitionKey: { name: "order_id", type: "N" } });
const LINES = replicatedTable("order_lines", {
  partitionKey: { name: "order_id", type: "S" },
  sortKey: { name: "line_no_part_key", type: "S" },
});

function sourceTable(columns: SourceTable["columns"]): SourceTable {
  return { schema: "public", table: "orders", columns, primaryKey: ["order_id"] };
}

const ORDERS_SOURCE = sourceTable([
  { name: "order_id", rule: { kind: "number" }, nullable: false },
  { name: "status", rule: { kind: "text" }, nullable: false },
  { name: "total", rule: { kind: "number", scale: 2 }, nullable: false },
  { name: "note", rule: { kind: "text" }, nullable: true },
  { name: "paid", rule: { kind: "boolean" }, nullable: false },
  { name: "mail", rule: { kind: "text" }, nullable: true },
  { name: "phone", rule: { kind: "text" }, nullable: false },
  { name: "ssn", rule: { kind: "text" }, nullable: false },
  { name: "scan", rule: { kind: "lost", reason: "BYTEA has no type in DynamoDB" }, nullable: true },
]);

const LINES_SOURCE = sourceTable([
  { name: "order_id", rule: { kind: "number" }, nullable: false },
  { name: "line_no", rule: { kind: "number" }, nullable: false },
  { name: "part", rule: { kind: "text" }, nullable: false },
]);

const MASKED: TableDocument = {
  schema: "public",
  table: "orders",
  masks: { mail: "hash", phone: "redact", ssn: "drop" },
};

const NOTHING = (table: ReplicatedTable): TableDocument => ({ schema: table.schema, table: table.table });

const orders = rowTypeOfSource(ORDERS, ORDERS_SOURCE, "flag", MASKED);
const lines = rowTypeOfSource(LINES, LINES_SOURCE, "flag", NOTHING(LINES));

const OPTIONS = { header: ["Made by a test."], lossless: false };

function columnsOf({ columns }: RowType): Record<string, string> {
  return Object.fromEntries(
    columns.map(({ name, kinds, optional }) => [name, `${kinds.join("|")}${optional ? "?" : ""}`]),
  );
}

describe("the row of a table", () => {
  it("is as DMS and the masks make it of the source's", () => {
    assert.deepEqual(columnsOf(orders), {
      mail: "hash?",
      note: "text?",
      order_id: "number",
      paid: "flag",
      phone: "redacted",
      status: "text",
      total: "number",
    });
    assert.deepEqual(orders.key, ["order_id"]);
    assert.deepEqual(
      orders.absent.map(({ column }) => column),
      ["scan", "ssn"],
    );
    const other = rowTypeOfSource(ORDERS, ORDERS_SOURCE, "boolean", MASKED);
    assert.equal(columnsOf(other).paid, "boolean");
  });

  it("has the key that its object mapping makes: texts, and the joined columns as one more", () => {
    assert.deepEqual(columnsOf(lines), {
      line_no: "number",
      line_no_part_key: "text",
      order_id: "text",
      part: "text",
    });
    assert.deepEqual(lines.key, ["line_no_part_key", "order_id"]);
  });

  it("is had of its items where the source is away: what is seen, and all but the key optional", () => {
    const items: Item[] = [
      { order_id: { N: "1" }, status: { S: "paid" }, total: { N: "1" }, ssn: { S: "1" } },
      { order_id: { N: "2" }, total: { S: "much" }, tags: { SS: ["a"] }, paid: { BOOL: true } },
    ];
    assert.deepEqual(columnsOf(rowTypeOfItems(ORDERS, items, MASKED)), {
      order_id: "number",
      paid: "boolean?",
      status: "text?",
      tags: "unknown?",
      total: "number|text?",
    });
  });

  it("tells of a mask that fits no column", () => {
    assert.deepEqual(idleMasks(orders, MASKED), []);
    assert.deepEqual(idleMasks(orders, { ...MASKED, masks: { emial: "hash", ssn: "drop" } }), ["emial"]);
  });
});

describe("the names of the types", () => {
  const namesOf = (...tables: string[]) => {
    const parts = tables.map((name) => name.split("."));
    return [...typeNames(parts.map(([schema = "", table = ""]) => ({ schema, table }))).values()];
  };

  it("are identifiers, each of one table, whatever the tables are called and however they come", () => {
    assert.deepEqual(namesOf("public.order_lines", "public.2nd try", 'public.a"b'), [
      "T2ndTry",
      "AB",
      "OrderLines",
    ]);
    assert.deepEqual(namesOf("sales.orders", "public.orders"), ["PublicOrders", "SalesOrders"]);
    assert.deepEqual(namesOf("public.a_b", "public.a-b"), ["PublicAB", "PublicAB2"]);
    assert.deepEqual(namesOf("p.заказы", "p.!"), ["T", "Заказы"]);
  });
});

/** What the compiler says of a program beside the generated module. */
function compile(program: string, tables: RowType[], lossless = false): string[] {
  // Inside the project, so that modules are found from there.
  const folder = mkdtempSync(join(ROOT, "dist", "types-"));
  try {
    writeFileSync(join(folder, "events.ts"), typeScriptText(tables, { ...OPTIONS, lossless }));
    writeFileSync(join(folder, "program.ts"), program);
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      noUncheckedIndexedAccess: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      types: [],
      skipLibCheck: true,
      esModuleInterop: true,
    };
    const built = ts.createProgram([join(folder, "program.ts")], options);
    return ts
      .getPreEmitDiagnostics(built)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const RIGHT = `
import { type AnyEvent, type OrdersEvent, type OrdersKey, type OrdersRow, isEventOf } from "./events";
import type { ChangeEvent } from "${ROOT}/functions/changeEvent";

export function read(event: AnyEvent): string {
  if (isEventOf(event, "public.order_lines")) return event.key.line_no_part_key;
  if (!isEventOf(event, "public.orders")) return "never";
  if (event.op === "update" && event.ref === undefined) {
    const names: (keyof OrdersRow)[] = event.changed;
    return event.old.status + event.new.status + names.join();
  }
  const phone: "[redacted]" | undefined = event.new?.phone;
  const paid: "true" | "false" | undefined = event.old?.paid;
  return event.new?.note ?? phone ?? paid ?? event.key.order_id.toFixed();
}

export function asChangeEvent(event: OrdersEvent): ChangeEvent<OrdersRow, OrdersKey> {
  return event;
}
`;

describe("the generated TypeScript", function () {
  this.timeout(60_000);

  it("compiles with a program that uses it rightly", () => {
    assert.deepEqual(compile(RIGHT, [orders, lines]), []);
  });

  it("is refused with one that does not", () => {
    const wrong = `
import { type AnyEvent, isEventOf } from "./events";
export function read(event: AnyEvent) {
  if (!isEventOf(event, "public.orders")) return isEventOf(event, "public.orderz");
  event.new.status;
  if (event.new === null) return;
  event.new.ssn;
  event.new.note.length;
  const total: string = event.new.total;
  return event.new.paid === true ? total : "";
}`;
    const faults = compile(wrong, [orders, lines]).join("\n");
    for (const expected of [
      /"public.orderz"' is not assignable/,
      /'event.new' is possibly 'null'/,
      /Property 'ssn' does not exist/,
      /'event.new.note' is possibly 'undefined'/,
      /Type 'number' is not assignable to type 'string'/,
      /types 'string' and 'boolean' have no overlap/,
    ]) {
      assert.match(faults, expected);
    }
  });

  it("has numbers that keep their digits where they are asked for", () => {
    const program = `
import type { OrdersRow } from "./events";
export const digits = (row: OrdersRow): string => row.total.toString();
export const plain = (row: OrdersRow): number => row.total;`;
    assert.match(
      compile(program, [orders], true).join(),
      /LosslessNumber' is not assignable to type 'number'/,
    );
  });

  it("compiles whatever tables and columns are called", () => {
    const strange = sourceTable(
      ["*/ evil", "a-b", "class", "__proto__", "ключ", '"', "`$x`", "1st"].map((name) => ({
        name,
        rule: { kind: "text" },
      })),
    );
    const table = replicatedTable('we"ird */ `', { partitionKey: { name: "class", type: "S" } });
    const lost = {
      ...rowTypeOfSource(table, strange, "flag", NOTHING(table)),
      absent: [{ column: "*/", reason: "a\nb" }],
    };
    assert.deepEqual(compile('export * from "./events";', [lost]), []);
  });

  it("is the same text for the same tables, in whatever order", () => {
    assert.equal(typeScriptText([lines, orders], OPTIONS), typeScriptText([orders, lines], OPTIONS));
    assert.deepEqual(jsonSchemaOf([lines, orders], []), jsonSchemaOf([orders, lines], []));
  });
});

describe("the generated JSON Schema", () => {
  const validate = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
  }).compile(jsonSchemaOf([orders, lines], ["Made by a test."]));

  /** Events as the fan-in writes them, of a row and one that differs. */
  function events() {
    const document = { name: "shop", engine: "postgres", tables: { "shop-orders": MASKED } };
    const records = new StreamRecords();
    const row = {
      order_id: { N: "1" },
      status: { S: "paid" },
      total: { N: "9.90" },
      paid: { S: "true" },
      mail: { S: "a@b" },
      phone: { S: "1" },
      ssn: { S: "2" },
    };
    const { mail: _, ...other } = { ...row, note: { S: "x" } };
    return prepareBatch([records.insert(row), records.update(row, other), records.remove(other)], {
      sources: readSources(JSON.stringify(document), keyedHash("key")),
      maxRecordBytes: 10 ** 6,
      bucket: "b",
    }).map(({ outgoing }) => JSON.parse(String(Buffer.from(outgoing?.data ?? []))));
  }

  it("takes what the fan-in writes", () => {
    for (const event of events()) {
      assert.ok(validate(event), JSON.stringify(validate.errors));
    }
  });

  it("refuses a row that is not of its table", () => {
    const [insert] = events();
    for (const spoilt of [
      { ...insert, source: { ...insert.source, table: "orderz" } },
      { ...insert, key: { id: 1 } },
      { ...insert, new: { ...insert.new, total: "9.90" } },
      { ...insert, new: { ...insert.new, paid: true } },
      { ...insert, new: { ...insert.new, mail: "a@b" } },
      { ...insert, new: { ...insert.new, phone: "1" } },
      { ...insert, new: { ...insert.new, status: undefined } },
      { ...insert, op: "update" },
    ]) {
      assert.equal(validate(JSON.parse(JSON.stringify(spoilt))), false, JSON.stringify(spoilt));
    }
  });
});
