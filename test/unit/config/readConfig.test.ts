import assert from "node:assert/strict";
import type { PipelineArgs } from "../../../components/pipeline";
import { readConfig } from "../../../config";
import { failMocked, resolved, runMocked } from "../../helpers/mocks";

const SOURCE = { name: "shop", engine: "postgres", host: "db", database: "shop", username: "dms" };

/** A configuration as the engine hands it over: objects are JSON text. */
function configOf(values: Record<string, unknown>): Record<string, string> {
  const all: Record<string, unknown> = {
    source: SOURCE,
    sourcePassword: "hunter2",
    tables: { include: ["public.%"] },
    ...values,
  };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`rowstream:${key}`, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

async function read(values: Record<string, unknown> = {}): Promise<PipelineArgs> {
  return (await runMocked(() => readConfig(), { config: configOf(values) })).result;
}

async function faultsOf(values: Record<string, unknown>): Promise<string[]> {
  const { error } = await failMocked(() => readConfig(), { config: configOf(values) });
  assert.equal(error.name, "Error");
  return error.message.split("\n").map((line) => line.trim());
}

describe("readConfig", () => {
  it("needs a source, its password and a pattern, and nothing else", async () => {
    const args = await read();
    assert.equal(args.source.host, "db");
    assert.deepEqual(args.tables, { include: ["public.%"] });
    assert.equal(await resolved(args.source.password ?? ""), "hunter2");
  });

  it("keeps the password a secret", async () => {
    const { source } = await read();
    assert.equal(await (source.password as unknown as { isSecret: Promise<boolean> }).isSecret, true);
  });

  it("wants no password from a source whose credentials are a secret's", async () => {
    const secretArn = "arn:aws:secretsmanager:eu-central-1:1:secret:x";
    const source = { name: "shop", engine: "postgres", database: "shop", secretArn };
    assert.equal((await read({ source, sourcePassword: undefined })).source.password, undefined);
    assert.equal((await read({ source, sourcePassword: "" })).source.password, undefined);
  });

  it("reads every key", async () => {
    const args = await read({
      tables: { include: ["public.%"], exclude: ["public.tmp%"], keys: { "public.lines": ["a", "b"] } },
      replication: { serverless: { minDcu: 2, maxDcu: 16 }, accountRoles: "reuse" },
      network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] },
      stream: { mode: "provisioned", shards: 2 },
      fanIn: { memoryMib: 1024, batchSize: 100 },
      tableCapacity: { mode: "on-demand", maxWriteUnits: 100 },
      monitoring: { topicArn: "arn:aws:sns:eu-central-1:1:pager", thresholds: { fanInErrors: 5 } },
      initialLoad: "events",
      tablesOnDestroy: "delete",
      kmsKeyArn: "arn:aws:kms:eu-central-1:1:key/k",
      tags: { team: "data" },
    });
    assert.deepEqual(args.replication, { serverless: { minDcu: 2, maxDcu: 16 }, accountRoles: "reuse" });
    assert.deepEqual(args.fanIn, { memoryMib: 1024 });
    assert.deepEqual(args.tableFeed?.capacity, { mode: "on-demand", maxWriteUnits: 100 });
    assert.equal(args.tableFeed?.mapping?.batchSize, 100);
    assert.deepEqual(args.monitoring, {
      topicArn: "arn:aws:sns:eu-central-1:1:pager",
      thresholds: { fanInErrors: 5 },
    });
    assert.equal(args.initialLoad, "events");
    assert.equal(args.tablesOnDestroy, "delete");
    assert.deepEqual(args.tags, { team: "data" });
  });

  it("takes Pulumi.yaml's empty defaults for not set", async () => {
    const empty = { replication: {}, network: {}, stream: {}, fanIn: {}, tags: {}, kmsKeyArn: "" };
    const args = await read(empty);
    assert.equal(args.kmsKeyArn, undefined);
    assert.deepEqual(args.network, {});
  });

  it("turns the monitoring off where it is told to, and only there", async () => {
    assert.equal((await read({ monitoring: { enabled: false } })).monitoring, false);
    assert.deepEqual((await read({})).monitoring, {});
  });

  it("turns the heartbeat on where its interval is given, and takes nothing in place of that", async () => {
    assert.equal((await read({ heartbeat: {} })).heartbeat, undefined);
    const heartbeat = { intervalMinutes: 5, schema: "ops", table: "beat" };
    assert.deepEqual((await read({ heartbeat })).heartbeat, heartbeat);
    assert.deepEqual(await faultsOf({ heartbeat: { table: "beat" } }), [
      "the configuration of stack test has 1 fault:",
      "rowstream:heartbeat.intervalMinutes: is missing; give a whole number of minutes from 1 to 60",
    ]);
    assert.deepEqual(await faultsOf({ heartbeat: { intervalMinutes: 0.5, every: "minute" } }), [
      "the configuration of stack test has 2 faults:",
      "rowstream:heartbeat.intervalMinutes: 0.5 is not allowed; give a whole number",
      "rowstream:heartbeat.every: is no member of it; the members are intervalMinutes, schema, table",
    ]);
  });

  it("names every fault with its key, its value and what is allowed", async () => {
    const faults = await faultsOf({
      source: { ...SOURCE, engine: "dbase", port: 70_000, user: "dms" },
      tables: { include: [] },
      replication: { instance: { storageGib: "50" }, serverless: { maxDcu: 5 } },
      stream: { shards: 1.5 },
      tableCapacity: { mode: "provisioned", maxReadUnits: 5 },
      tablesOnDestroy: "keep",
      tags: "team=data",
      tabels: "typo",
    });
    assert.deepEqual(faults, [
      "the configuration of stack test has 11 faults:",
      "rowstream:tabels: is no key of rowstream; the keys are source, tables, replication, network, stream, events, fanIn, tableCapacity, monitoring, heartbeat, initialLoad, tablesOnDestroy, kmsKeyArn, tags, sourcePassword, hashKey",
      "rowstream:tags: \"team=data\" is no object; set its members with: pulumi config set --path 'rowstream:tags.<member>' <value>",
      'rowstream:source.engine: "dbase" is not allowed; give one of "postgres", "aurora-postgresql", "mysql", "mariadb", "aurora", "sqlserver", "oracle", "db2", "sybase"',
      "rowstream:source.port: 70000 is not allowed; give at most 65535",
      "rowstream:source.user: is no member of it; the members are name, engine, host, port, database, username, sslMode, certificateArn, secretArn, settings",
      "rowstream:tables.include: [] is not allowed; give at least 1 entry",
      'rowstream:replication.instance.storageGib: "50" is not allowed; give a number',
      "rowstream:replication.serverless.maxDcu: 5 is not allowed; give one of 1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384",
      "rowstream:stream.shards: 1.5 is not allowed; give a whole number",
      "rowstream:tableCapacity.maxWriteUnits: is missing; give a number",
      'rowstream:tablesOnDestroy: "keep" is not allowed; give one of "retain", "delete"',
    ]);
  });

  it("says how to set a password that is missing", async () => {
    assert.deepEqual(await faultsOf({ sourcePassword: undefined }), [
      "the configuration of stack test has 1 fault:",
      "rowstream:sourcePassword: is missing; set it with: pulumi config set --secret sourcePassword (or set source.secretArn)",
    ]);
  });

  it("names what is missing altogether", async () => {
    assert.deepEqual(await faultsOf({ source: undefined, tables: undefined }), [
      "the configuration of stack test has 2 faults:",
      "rowstream:source: is missing; give an object",
      "rowstream:tables: is missing; give an object",
    ]);
  });

  it("keeps the key of hashes a secret, and refuses a short one without showing it", async () => {
    const events = { columns: { "public.orders": { mail: "hash" } } };
    const key = "x".repeat(32);
    const { hashKey, ...rest } = (await read({ events, hashKey: key })).events ?? {};
    assert.deepEqual(rest, events);
    assert.equal(await (hashKey as unknown as { isSecret: Promise<boolean> }).isSecret, true);
    assert.deepEqual(await faultsOf({ events, hashKey: "too short" }), [
      "the configuration of stack test has 1 fault:",
      "rowstream:hashKey: has 9 characters, give at least 32, at random: openssl rand -hex 32 | pulumi config set --secret hashKey",
    ]);
  });

  it("never shows the password", async () => {
    assert.ok(!(await faultsOf({ stream: "x" })).join().includes("hunter2"));
  });
});
