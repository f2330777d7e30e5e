import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ENGINES, SOURCE_ENGINES } from "../../../../components/replication/endpointSettings";
import { checkSource, resolveSource, type SourceArgs } from "../../../../components/replication/source";

const GOOD: SourceArgs = {
  name: "shop",
  engine: "postgres",
  host: "db.internal",
  database: "shop",
  username: "dms",
  password: "hunter2",
};

const SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf";

function faultsOf(changes: Partial<Record<keyof SourceArgs, unknown>>): string[] {
  const given = Object.fromEntries(
    Object.entries({ ...GOOD, ...changes }).filter(([, value]) => value !== undefined),
  );
  return checkSource(given as unknown as SourceArgs).found.map((fault) => `${fault.path}: ${fault.problem}`);
}

describe("checkSource", () => {
  it("accepts every engine with its own needs met", () => {
    for (const engine of SOURCE_ENGINES) {
      assert.deepEqual(faultsOf({ engine, sslMode: "none" }), [], engine);
    }
  });

  it("accepts values that are known only later", () => {
    assert.deepEqual(
      faultsOf({ host: pulumi.output("db"), password: pulumi.secret("x"), port: pulumi.output(1) }),
      [],
    );
  });

  it("accepts a secret in place of host, user and password", () => {
    assert.deepEqual(
      faultsOf({ host: undefined, username: undefined, password: undefined, secretArn: SECRET_ARN }),
      [],
    );
  });

  it("refuses a secret next to what it holds", () => {
    assert.deepEqual(faultsOf({ secretArn: SECRET_ARN }), [
      "host: is given with secretArn; the secret holds it",
      "username: is given with secretArn; the secret holds it",
      "password: is given with secretArn; the secret holds it",
    ]);
  });

  it("refuses a secret for the engines that DMS gives none", () => {
    for (const engine of ["db2", "sybase"]) {
      const [fault] = faultsOf({ engine, sslMode: "none", secretArn: SECRET_ARN });
      assert.equal(
        fault,
        `secretArn: is not possible with ${engine}: DMS gives it no secrets; give username and password`,
      );
    }
  });

  it("never assumes clear text: an engine without the mode require must be told", () => {
    assert.deepEqual(faultsOf({ engine: "mysql" }), [
      "sslMode: is missing; mysql has none, verify-ca, verify-full, and none of them is safe to assume",
    ]);
  });

  it("refuses an SSL mode that the engine does not have", () => {
    for (const engine of SOURCE_ENGINES) {
      for (const sslMode of ["none", "require", "verify-ca", "verify-full"] as const) {
        const certificateArn = sslMode.startsWith("verify") ? "arn:aws:dms:eu-central-1:1:cert:x" : undefined;
        const possible = ENGINES[engine].sslModes.includes(sslMode);
        assert.equal(
          faultsOf({ engine, sslMode, certificateArn }).length,
          possible ? 0 : 1,
          `${engine} ${sslMode}`,
        );
      }
    }
  });

  it("wants a certificate with the modes that check one, and with no other", () => {
    assert.deepEqual(faultsOf({ sslMode: "verify-full" }), [
      "certificateArn: is missing; verify-full needs the certificate of the source's authority",
    ]);
    assert.deepEqual(faultsOf({ certificateArn: "arn:aws:dms:eu-central-1:1:cert:x" }), [
      "certificateArn: is given with sslMode require, which checks no certificate; use a verify mode",
    ]);
  });

  it("names every missing argument at once", () => {
    assert.deepEqual(
      faultsOf({
        name: undefined,
        host: undefined,
        database: undefined,
        username: "",
        password: undefined,
        port: 0,
      }),
      [
        "name: is missing; it names the source in every event",
        "port: 0 is not allowed; give a whole number of a TCP port from 1 to 65535",
        "database: is missing; postgres needs a database",
        "host: is missing; give the host's name or address, or a secretArn",
        "username: is missing; give the user that DMS connects as, or a secretArn",
        "password: is missing; give the user's password as a secret, or a secretArn",
      ],
    );
  });

  it("does not judge an engine's details when the engine is unknown", () => {
    assert.deepEqual(faultsOf({ engine: "dbase" }), [
      'engine: "dbase" is not one of "postgres", "aurora-postgresql", "mysql", "mariadb", "aurora", "sqlserver", "oracle", "db2", "sybase"',
    ]);
  });

  it("never shows the password", () => {
    assert.ok(!faultsOf({ engine: "dbase", name: "a b", host: undefined }).join().includes("hunter2"));
  });
});

describe("resolveSource", () => {
  it("fills in the engine's port and an encrypted connection", () => {
    const { port, sslMode } = resolveSource(GOOD);
    assert.deepEqual({ port, sslMode }, { port: 5432, sslMode: "require" });
  });

  it("keeps what the user chose", () => {
    const { port, sslMode } = resolveSource({ ...GOOD, port: 6543, sslMode: "none" });
    assert.deepEqual({ port, sslMode }, { port: 6543, sslMode: "none" });
  });
});
