import assert from "node:assert/strict";
import type {
  PostgresColumn,
  PostgresServer,
  PostgresTable,
} from "../../../../automation/doctor/postgres/postgresFacts";
import { postgresPrerequisites } from "../../../../automation/doctor/postgres/postgresRules";
import { postgresFate } from "../../../../automation/doctor/postgres/postgresTypes";
import { postgresRule } from "../../../../automation/verify/postgresRules";
import { columnFacts, planWith, tableFacts } from "../../../helpers/doctorFacts";

const READY: PostgresServer = {
  version: "16.3",
  versionNumber: 160003,
  inRecovery: false,
  walLevel: "logical",
  maxSlots: 10,
  usedSlots: 1,
  maxSenders: 10,
  usedSenders: 1,
  walSenderTimeoutMs: 60_000,
  slotKeepMb: -1,
  database: "shop",
  role: "dms",
  superuser: false,
  mayReplicate: true,
  rdsSuperuser: false,
  artifacts: { schema: "public", mayCreate: true },
  idleSlots: [],
};

/** DMS sees changes of the schema by an event trigger, which only a superuser may make. */
const PLAN = planWith({ settings: { captureDdls: false, heartbeatEnable: true } });

function table(changes: Partial<PostgresTable> = {}): PostgresTable {
  return { ...tableFacts(), kind: "r", persistence: "p", identity: "d", toastBytes: 0, ...changes };
}

function column(type: string, changes: Partial<PostgresColumn> = {}): PostgresColumn {
  return { ...columnFacts("c"), type, kind: "b", category: "X", builtIn: true, ...changes };
}

describe("the doctor's rules of PostgreSQL", () => {
  it("find nothing where everything is there", () => {
    assert.deepEqual(postgresPrerequisites({ server: READY, tables: [table()] }, PLAN), []);
  });

  const servers: [string, Partial<PostgresServer>, string, RegExp][] = [
    ["an old version", { versionNumber: 90_300, version: "9.3" }, "server-version", /upgrade/],
    ["a replica of before 16", { inRecovery: true, versionNumber: 150_002 }, "read-replica", /source\.host/],
    ["wal_level", { walLevel: "replica" }, "log-mode", /ALTER SYSTEM SET wal_level = 'logical'/],
    [
      "wal_level on RDS",
      { walLevel: "replica", rdsLogicalReplication: "off" },
      "log-mode",
      /rds\.logical_replication = 1/,
    ],
    ["no slots", { maxSlots: 0, usedSlots: 0 }, "log-readers", /max_replication_slots = 10/],
    ["all slots taken", { usedSlots: 10 }, "log-readers", /pg_drop_replication_slot/],
    ["no senders", { maxSenders: 0, usedSenders: 0 }, "log-readers", /max_wal_senders = 10/],
    ["a short timeout", { walSenderTimeoutMs: 5000 }, "log-timeout", /wal_sender_timeout = '60s'/],
    ["a long timeout", { walSenderTimeoutMs: 300_000 }, "log-timeout", /wal_sender_timeout/],
    ["a limit on the log", { slotKeepMb: 1024 }, "log-retention", /max_slot_wal_keep_size = -1/],
    ["a slot left over", { idleSlots: [{ slot: "dms", bytes: 2 ** 31 }] }, "slot-left-over", /slot\('dms'\)/],
    ["no replication", { mayReplicate: false }, "privilege-replication", /ALTER ROLE "dms" REPLICATION/],
    [
      "no replication on RDS",
      { mayReplicate: false, rdsLogicalReplication: "on" },
      "privilege-replication",
      /GRANT rds_replication TO "dms"/,
    ],
    [
      "no right to make its tables",
      { artifacts: { schema: "public", mayCreate: false } },
      "privilege-ddl",
      /GRANT CREATE ON SCHEMA "public" TO "dms"/,
    ],
    [
      "no schema for its tables",
      { artifacts: { schema: "dms", mayCreate: undefined } },
      "privilege-ddl",
      /CREATE SCHEMA "dms"; GRANT/,
    ],
  ];
  for (const [what, changes, code, remedy] of servers) {
    it(`name ${what}`, () => {
      const found = postgresPrerequisites({ server: { ...READY, ...changes }, tables: [] }, PLAN);
      assert.deepEqual(
        found.map((one) => one.code),
        [code],
      );
      assert.match(found[0]?.remedy ?? "", remedy);
    });
  }

  it("name captureDdls to a user who may make no event trigger", () => {
    const settings = { captureDdls: true };
    const [found] = postgresPrerequisites({ server: READY, tables: [] }, planWith({ settings }));
    assert.equal(found?.code, "privilege-ddl");
    assert.match(found?.remedy ?? "", /source\.settings\.captureDdls' false/);
    const rds = { ...READY, rdsSuperuser: true };
    assert.deepEqual(postgresPrerequisites({ server: rds, tables: [] }, planWith({ settings })), []);
  });

  const tables: [string, Partial<PostgresTable>, string][] = [
    ["a table that the user may not read", { readable: false }, "privilege-tables"],
    ["a partitioned table", { kind: "p" }, "partitioned-table"],
    ["an unlogged table", { persistence: "u" }, "table-logging"],
    ["a table without a replica identity", { identity: "n" }, "table-logging"],
  ];
  for (const [what, changes, code] of tables) {
    it(`name ${what}`, () => {
      const found = postgresPrerequisites({ server: READY, tables: [table(changes)] }, PLAN);
      assert.deepEqual(
        found.map((one) => [one.code, one.subject]),
        [[code, "public.orders"]],
      );
    });
  }

  it("name REPLICA IDENTITY FULL with pglogical only", () => {
    const full = { server: READY, tables: [table({ identity: "f" })] };
    assert.deepEqual(postgresPrerequisites(full, PLAN), []);
    const plan = planWith({ settings: { pluginName: "pglogical" } });
    assert.deepEqual(
      postgresPrerequisites(full, plan).map(({ code }) => code),
      ["table-logging"],
    );
  });
});

describe("the doctor's fate of a PostgreSQL column", () => {
  const fates: [string, PostgresColumn, string][] = [
    ["bigint", column("int8"), "kept"],
    ["varchar", column("varchar"), "kept"],
    ["uuid", column("uuid"), "kept"],
    ["an enum", column("mood", { kind: "e", builtIn: false }), "kept"],
    ["numeric(12,2)", column("numeric", { precision: 12, scale: 2 }), "kept"],
    ["numeric without a precision", column("numeric"), "rounded"],
    ["bytea", column("bytea"), "lost"],
    ["a generated column", column("int4", { generated: true }), "lost"],
    ["boolean", column("bool"), "retyped"],
    ["timestamp", column("timestamp"), "retyped"],
    ["jsonb", column("jsonb"), "retyped"],
    ["an array", column("_int4", { category: "A" }), "retyped"],
    ["hstore", column("hstore", { builtIn: false }), "retyped"],
    ["time", column("time"), "undocumented"],
    ["geometry", column("geometry", { builtIn: false }), "undocumented"],
  ];
  for (const [what, facts, kind] of fates) {
    it(`${what}: ${kind}`, () => {
      assert.equal(postgresFate(facts, planWith()).kind, kind);
    });
  }

  it("keeps booleans where DMS is told to", () => {
    const plan = planWith({ settings: { mapBooleanAsBoolean: true } });
    assert.equal(postgresFate(column("bool"), plan).kind, "kept");
  });

  it("loses what verify does not compare, and rounds what verify compares rounded", () => {
    for (const type of ["int4", "numeric", "bytea", "text", "bool", "date", "jsonb", "time"]) {
      const fate = postgresFate(column(type), planWith());
      const rule = postgresRule({ name: type, kind: "b", modifier: -1 });
      assert.equal(fate.kind === "lost", rule.kind === "lost", type);
      assert.equal(fate.kind === "rounded", rule.kind === "number" && rule.scale !== undefined, type);
    }
  });
});
