import assert from "node:assert/strict";
import { parse } from "yaml";
import { findingsOf } from "../../../../automation/doctor/examineSource";
import type { Plan } from "../../../../automation/doctor/plan";
import type { TableFacts } from "../../../../automation/doctor/sourceFacts";
import {
  type InitOptions,
  type Look,
  proposedPatterns,
  proposeStack,
} from "../../../../automation/init/init";
import { proposeSize } from "../../../../automation/init/sizing";
import type { SourceConnection } from "../../../../automation/source/sourceConnection";
import { Faults } from "../../../../components/faults";
import { checkInstanceSize } from "../../../../components/replication/sizing";
import { checkSource } from "../../../../components/replication/source";
import { checkTableSelection } from "../../../../components/replication/tableMappings";
import { readConfig } from "../../../../config";
import { columnFacts, tableFacts } from "../../../helpers/doctorFacts";
import { runMocked } from "../../../helpers/mocks";

const CONNECTION: SourceConnection = {
  engine: "postgres",
  host: "db.example.com",
  port: 5432,
  database: "shop",
  username: "dms",
  password: "hunter2",
  sslMode: "require",
};

const MILLION = 1_000_000;

const TABLES: TableFacts[] = [
  tableFacts({ rows: 2 * MILLION, bytes: 2 * MILLION * 300, writesPerSecond: 20 }),
  tableFacts({
    table: "order_lines",
    primaryKey: ["order_id", "line_no"],
    columns: [columnFacts("order_id"), columnFacts("line_no")],
    rows: 8 * MILLION,
    bytes: 8 * MILLION * 100,
    writesPerSecond: 40,
  }),
  tableFacts({ table: "audit_log", primaryKey: [] }),
  tableFacts({ table: "auditXlog" }),
  tableFacts({ table: "codes", primaryKey: [], uniqueKeys: [["id"]] }),
  tableFacts({ table: "price$" }),
  tableFacts({ schema: "sales" }),
];

function looked(tables: readonly TableFacts[]): Look {
  const engine = { prerequisites: () => [], columnFate: () => ({ kind: "kept" as const }) };
  const tablesUnder = ({ tables: { include, exclude = [] } }: Plan) =>
    tables.filter(
      ({ schema, table }) =>
        include.includes(`${schema}.%`) && !exclude.includes(`${schema}.${table}`.replace(/_/g, "[_]")),
    );
  const findingsUnder = (plan: Plan) =>
    findingsOf(engine, { server: undefined, tables: tablesUnder(plan) }, plan);
  return { examination: { tables: [...tables], findings: [], tablesUnder, findingsUnder } };
}

const OPTIONS: InitOptions = {
  stackName: "prod",
  connection: CONNECTION,
  name: "shop",
  region: "eu-central-1",
  serverless: false,
};

interface StackFile {
  config: Record<string, unknown>;
}

/** Runs the configuration's own reader, and the components' checks behind it, on a file's text. */
async function accepted(text: string) {
  const { config } = parse(text) as StackFile;
  const values = Object.entries({ "rowstream:sourcePassword": "x", ...config }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { result } = await runMocked(() => readConfig(), { config: Object.fromEntries(values) });
  const faults = new Faults();
  checkTableSelection(faults, "tables", result.tables);
  checkInstanceSize(faults, "instance", result.replication?.instance ?? {});
  faults.throwIfAny("the configuration");
  checkSource(result.source, "source").throwIfAny("the configuration");
  return result;
}

describe("init", () => {
  it("writes what the configuration's reader accepts, and the doctor has nothing against", async () => {
    const { text, findings } = proposeStack(OPTIONS, looked(TABLES));
    const { source, tables, replication } = await accepted(text);
    assert.equal(source.host, "db.example.com");
    assert.deepEqual(tables, {
      include: ["public.%", "sales.%"],
      exclude: ["public.audit[_]log"],
      keys: {
        "public.codes": ["id"],
        "public.order_lines": ["order_id", "line_no"],
        "public.price$": ["id"],
        "sales.orders": ["id"],
      },
    });
    assert.deepEqual(replication?.instance, { class: "dms.r6i.large", storageGib: 51 });
    assert.deepEqual(
      findings.filter(({ severity }) => severity === "error"),
      [],
    );
  });

  it("says why, beside each choice", () => {
    const { text } = proposeStack(OPTIONS, looked(TABLES));
    assert.match(
      text,
      /^# Written by `rowstream init` for postgres dms@db\.example\.com:5432\/shop: 6 tables, about/,
    );
    assert.match(text, /# has no primary key and no unique key.*\n +- public\.audit\[_\]log\n/);
    assert.match(text, /# has a primary key of 2 columns .*\n +public\.order_lines:\n/);
    assert.match(text, /# The full load takes at least 11 h: 8 tables at once,/);
    assert.match(text, /60 changes a second/);
    assert.match(
      text,
      /# DynamoDB, at list prices of us-east-1: about 10 USD for the tables while they load/,
    );
  });

  it("has no password in the file", () => {
    assert.doesNotMatch(proposeStack(OPTIONS, looked(TABLES)).text, /hunter2/);
  });

  it("keeps what is not rowstream's of the file that it takes the place of, and the secret", () => {
    const previous = `
encryptionsalt: v1:abc
config:
  aws:region: us-west-2
  aws:profile: work
  rowstream:sourcePassword:
    secure: v1:xyz
  rowstream:tags:
    old: tag
`;
    const { text } = proposeStack({ ...OPTIONS, previous }, looked(TABLES));
    const file = parse(text) as StackFile & { encryptionsalt: string };
    assert.equal(file.encryptionsalt, "v1:abc");
    assert.equal(file.config["aws:region"], "eu-central-1");
    assert.equal(file.config["aws:profile"], "work");
    assert.deepEqual(file.config["rowstream:sourcePassword"], { secure: "v1:xyz" });
    assert.equal(file.config["rowstream:tags"], undefined);
  });

  it("goes by what is given where the source cannot be looked at", async () => {
    const look: Look = { reason: "no route" };
    const { text, findings } = proposeStack(OPTIONS, look);
    assert.match(text, /which was not looked at/);
    assert.deepEqual((await accepted(text)).tables, { include: ["public.%"] });
    assert.deepEqual(findings, []);
    const oracle: SourceConnection = { ...CONNECTION, engine: "oracle", sslMode: "none" };
    assert.deepEqual(proposedPatterns(oracle, look), ["DMS.%"]);
    assert.deepEqual(proposedPatterns({ ...CONNECTION, engine: "mariadb" }, look), ["shop.%"]);
    await accepted(proposeStack({ ...OPTIONS, connection: oracle }, look).text);
  });

  it("proposes DMS Serverless where it is asked to", async () => {
    const { text } = proposeStack({ ...OPTIONS, serverless: true }, looked(TABLES));
    assert.deepEqual((await accepted(text)).replication, { serverless: { minDcu: 1, maxDcu: 8 } });
  });

  it("leaves to the user which tables, and says what stands in the way", () => {
    const { text, findings } = proposeStack({ ...OPTIONS, include: ["Public.%"] }, looked(TABLES));
    assert.match(text, /- Public\.%/);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["no-tables"],
    );
  });
});

describe("the proposed size", () => {
  const size = (changes: Partial<TableFacts>, count = 1) =>
    proposeSize(Array.from({ length: count }, () => tableFacts({ rows: 1000, bytes: 100_000, ...changes })));

  it("grows with the changes and the tables", () => {
    assert.equal(size({}).instance.class, "dms.t3.medium");
    assert.equal(size({ writesPerSecond: 50 }).instance.class, "dms.r6i.large");
    assert.equal(size({}, 100).instance.class, "dms.r6i.large");
    assert.equal(size({ writesPerSecond: 500 }).instance.class, "dms.r6i.xlarge");
    assert.equal(size({ writesPerSecond: 500 }).maxDcu, 16);
  });

  it("has room for what changes while the load runs, within DMS's bounds", () => {
    assert.equal(size({}).instance.storageGib, 50);
    const large = { rows: 100 * MILLION, bytes: 100 * MILLION * 1000, writesPerSecond: 50 };
    // 500,000 s of load, 50 rows of 1,000 bytes a second, twice: 47 GiB.
    assert.equal(size(large).instance.storageGib, 97);
    assert.equal(size({ ...large, writesPerSecond: 50_000 }).instance.storageGib, 6144);
  });

  it("reckons the load by the largest table, or by eight at a time", () => {
    const load = (rows: number, count: number) => size({ rows, bytes: rows * 100 }, count).why.load;
    assert.match(load(1.44 * MILLION, 1), /at least 2\.0 h/);
    assert.match(load(1.44 * MILLION, 8), /at least 2\.0 h/);
    assert.match(load(1.44 * MILLION, 16), /at least 4\.0 h/);
  });
});
