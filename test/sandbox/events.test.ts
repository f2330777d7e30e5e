import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import Ajv2020 from "ajv/dist/2020";
import { HTTP } from "cloudevents";
import { type DeployResult, deploy } from "../../automation/deploy";
import type { ChangeEvent } from "../../functions/changeEvent";
import { REDACTED } from "../../functions/mask";
import { parseEvent } from "../../functions/parseEvent";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";
import { StreamLines } from "../helpers/streamLines";

const HASH_KEY = "only-the-secret-may-hold-this-text";

const EVENTS = {
  format: "cloudevents",
  tables: { exclude: ["public.payments"] },
  columns: {
    "public.customers": { customer_id: "hash", email: "hash", phone: "redact", date_of_birth: "drop" },
    "public.orders": { customer_id: "hash" },
  },
};

const hashOf = (value: unknown) => createHmac("sha256", HASH_KEY).update(String(value)).digest("hex");

/** The files under a folder that hold a text, but for the sandbox's AWS, which has the secret. */
function filesHolding(text: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("ministack"))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(text));
}

describe("masked CloudEvents in the sandbox", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let deployed: DeployResult;
  let lines: StreamLines;
  const texts: string[] = [];

  before(async () => {
    bench = await SandboxBench.start({ keep: true });
    deployed = await deploy(
      bench.configured(() => undefined, {
        "rowstream:events": { value: JSON.stringify(EVENTS) },
        "rowstream:hashKey": { value: HASH_KEY, secret: true },
        "rowstream:initialLoad": { value: "events" },
      }),
    );
    lines = new StreamLines(bench.sandbox.environment, deployed.outputs.streamName);
    await bench.query("UPDATE payments SET method = 'unseen'");
    await bench.query("UPDATE customers SET date_of_birth = '1815-12-10' WHERE customer_id = 1");
    await bench.query(
      "UPDATE customers SET email = 'ada@example.com', city = 'The End' WHERE customer_id = 1",
    );
    await poll("the last change", async () => {
      texts.push(...(await lines.read()));
      return texts.some((text) => text.includes("The End"));
    });
  });

  after(() => bench?.stop());

  function eventsOf(table: string): ChangeEvent[] {
    return texts.map((text) => parseEvent(text)).filter(({ source }) => source.table === table);
  }

  it("gives a CloudEvent for every row of the load and every change, and none of a table that is left out", async () => {
    for (const body of texts) {
      HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body });
    }
    assert.deepEqual(eventsOf("payments"), []);
    for (const table of ["customers", "orders"]) {
      const loads = eventsOf(table).filter(({ op }) => op === "load");
      assert.deepEqual([{ count: String(loads.length) }], await bench.query(`SELECT count(*) FROM ${table}`));
    }
  });

  it("hashes under the key, in the rows of the load and in those of the changes alike", async () => {
    const events = eventsOf("customers").filter(({ key }) => key.customer_id === hashOf(1));
    assert.deepEqual(
      events.map(({ op, changed }) => ({ op, changed })),
      [
        { op: "load", changed: [] },
        { op: "update", changed: [] },
        { op: "update", changed: ["email", "city"] },
      ],
    );
    assert.equal(events.at(-1)?.new?.email, hashOf("ada@example.com"));
    assert.deepEqual(events.at(-1)?.old, events[0]?.new, "a change of a dropped column leaves no gap");
  });

  it("lets tables be joined by what is hashed in both", () => {
    const customers = new Set(eventsOf("customers").map(({ key }) => key.customer_id));
    const orders = eventsOf("orders");
    assert.ok(orders.length > 0 && orders.every((order) => customers.has(order.new?.customer_id)));
  });

  it("shows no value of a masked column in any record", async () => {
    const all = texts.join("");
    const rows = await bench.query("SELECT email, phone, date_of_birth::text AS born FROM customers");
    for (const value of rows.flatMap(({ email, phone, born }) => [email, phone, born])) {
      assert.ok(value === null || !all.includes(String(value)), String(value));
    }
    assert.ok(eventsOf("customers").some((event) => event.new?.phone === REDACTED));
    assert.ok(!all.includes("date_of_birth"));
  });

  it("has the key in its secret and nowhere in the clear: not in the state, the zip or the function's settings", async () => {
    assert.deepEqual(filesHolding(HASH_KEY, bench.folder), []);
    const { Environment } = await new LambdaClient({}).send(
      new GetFunctionConfigurationCommand({ FunctionName: deployed.outputs.fanInName }),
    );
    const { secretArn, versionId } = deployed.outputs.hashKey ?? {};
    assert.ok(secretArn && versionId);
    assert.equal(Environment?.Variables?.HASH_KEY_SECRET, secretArn);
    assert.equal(Environment?.Variables?.HASH_KEY_VERSION, versionId);
  });

  it("has types that every one of its events fits, from the source and from the items alike", async () => {
    for (const from of ["source", "items"]) {
      const file = join(bench.folder, `${from}.schema.json`);
      const { code } = await bench.command("types", "--schema", file, "--from", from);
      assert.equal(code, 0);
      const options = { strictRequired: false, strictTypes: false, allErrors: true };
      const validate = new Ajv2020(options).compile(JSON.parse(readFileSync(file, "utf8")));
      for (const text of texts) {
        const { data } = JSON.parse(text);
        assert.ok(validate(data), `${from}: ${JSON.stringify(validate.errors)}: ${text}`);
      }
    }
    const { stdout } = await bench.command("types", "--from", "source");
    assert.match(stdout, /export interface CustomersRow \{\n {2}city: string;/);
    assert.match(stdout, /phone\?: "\[redacted\]";/);
    assert.ok(!stdout.includes("PaymentsRow") && !stdout.includes("date_of_birth?:"));
  });
});
