import assert from "node:assert/strict";
import { createHeartbeat } from "../../../../functions/heartbeat";
import {
  HEARTBEAT_FAMILIES,
  heartbeatStatements,
  WRITTEN_AT,
} from "../../../../functions/heartbeat/heartbeatSql";
import { writtenAtOf } from "../../../../functions/heartbeat/latency";
import { writeHeartbeat } from "../../../../functions/heartbeat/writeHeartbeat";

const TABLE = { schema: "public", table: "rowstream_heartbeat_shop" };

/** What each driver's error says of a table that is not there. */
const MISSING = {
  postgres: { code: "42P01" },
  mysql: { errno: 1146 },
  sqlserver: { number: 208 },
  oracle: { errorNum: 942 },
};

/** A session with a source that refuses what `refuse` has an error for, and keeps what it was asked. */
function source(refuse: (sql: string, asked: readonly string[]) => object | undefined) {
  const asked: string[] = [];
  return {
    asked,
    execute: async (sql: string) => {
      const refusal = refuse(sql, asked);
      asked.push(sql);
      if (refusal !== undefined) throw Object.assign(new Error("refused"), refusal);
    },
    close: async () => undefined,
  };
}

/** The first words of the statements. */
const verbs = (asked: readonly string[]) => asked.map((sql) => sql.split(/[ (]/)[0]);

describe("a heartbeat", () => {
  it("is one row with its time, in the SQL of each family", () => {
    assert.deepEqual(
      Object.fromEntries(
        HEARTBEAT_FAMILIES.map((family) => [family, heartbeatStatements(family, TABLE).create]),
      ),
      {
        postgres:
          'CREATE TABLE "public"."rowstream_heartbeat_shop" ("id" integer PRIMARY KEY, "written_at" bigint NOT NULL)',
        mysql:
          "CREATE TABLE `public`.`rowstream_heartbeat_shop` (`id` INT NOT NULL PRIMARY KEY, `written_at` BIGINT NOT NULL)",
        sqlserver:
          "CREATE TABLE [public].[rowstream_heartbeat_shop] ([id] int NOT NULL PRIMARY KEY, [written_at] bigint NOT NULL)",
        oracle:
          'CREATE TABLE "public"."rowstream_heartbeat_shop" ("id" NUMBER(10) PRIMARY KEY, "written_at" NUMBER(19) NOT NULL)',
      },
    );
    for (const family of HEARTBEAT_FAMILIES) {
      const { write, grants } = heartbeatStatements(family, TABLE);
      assert.match(write, /^(INSERT|MERGE|DECLARE)/);
      assert.match(write, /clock_timestamp|NOW\(3\)|SYSUTCDATETIME|SYSTIMESTAMP/, "by the source's clock");
      assert.ok(grants.every((grant) => grant.includes("{user}")));
    }
  });

  it("quotes names as each engine does", () => {
    const odd = { schema: 'a"b`c]d', table: "t" };
    assert.match(heartbeatStatements("postgres", odd).create, /"a""b`c\]d"\."t"/);
    assert.match(heartbeatStatements("mysql", odd).create, /`a"b``c\]d`\.`t`/);
    assert.match(heartbeatStatements("sqlserver", odd).create, /\[a"b`c\]\]d\]\.\[t\]/);
  });

  for (const family of HEARTBEAT_FAMILIES) {
    it(`makes its table in ${family} only where it is missing`, async () => {
      const there = source(() => undefined);
      await writeHeartbeat(there, family, TABLE);
      assert.ok(!verbs(there.asked).includes("CREATE"));

      const missing = source((sql, asked) =>
        !verbs(asked).includes("CREATE") && sql.includes(WRITTEN_AT) && !sql.startsWith("CREATE")
          ? MISSING[family]
          : undefined,
      );
      await writeHeartbeat(missing, family, TABLE);
      const { write, create } = heartbeatStatements(family, TABLE);
      assert.deepEqual(missing.asked.slice(-3), [write, create, write]);
    });
  }

  it("names the statement that is refused, and the grants that it takes", async () => {
    const refused = source((sql) =>
      sql.startsWith("CREATE") ? { message: "permission denied for schema public" } : MISSING.postgres,
    );
    await assert.rejects(writeHeartbeat(refused, "postgres", TABLE), (error: Error) => {
      assert.match(error.message, /CREATE TABLE "public"/);
      assert.match(error.message, /permission denied for schema public/);
      assert.match(error.message, /GRANT USAGE, CREATE ON SCHEMA "public" TO <user>/);
      return true;
    });
  });

  it("takes a table that somebody else made meanwhile", async () => {
    const raced = source((sql, asked) => {
      if (sql.startsWith("CREATE")) return { message: "already there" };
      return verbs(asked).includes("CREATE") ? undefined : MISSING.postgres;
    });
    await writeHeartbeat(raced, "postgres", TABLE);
    assert.deepEqual(verbs(raced.asked), ["INSERT", "CREATE", "INSERT"]);
  });

  it("does not make a table for another fault", async () => {
    const readOnly = source(() => ({ code: "25006", message: "read-only" }));
    await assert.rejects(writeHeartbeat(readOnly, "postgres", TABLE), /read-only/);
    assert.deepEqual(verbs(readOnly.asked), ["INSERT"]);
  });
});

describe("the heartbeat's function", () => {
  it("says which of its variables are missing", () => {
    assert.throws(
      () => createHeartbeat({ AWS_REGION: "us-east-1", FAMILY: "db2", SSL_MODE: "none", PORT: "5432" }),
      /SECRET_ARN is not set; HEARTBEAT_SCHEMA is not set; HEARTBEAT_TABLE is not set; FAMILY is none of postgres, mysql, sqlserver, oracle;/,
    );
  });
});

describe("the time of a heartbeat", () => {
  const NewImage = { id: { N: "1" }, [WRITTEN_AT]: { N: "1700000000123" } };

  it("is read of an insert and of an update", () => {
    assert.equal(writtenAtOf({ eventName: "INSERT", dynamodb: { NewImage } }), 1_700_000_000_123);
    assert.equal(writtenAtOf({ eventName: "MODIFY", dynamodb: { NewImage } }), 1_700_000_000_123);
  });

  it("is not read of a deletion, of a row of a load, or of a row without it", () => {
    assert.equal(writtenAtOf({ eventName: "REMOVE", dynamodb: { OldImage: NewImage } }), undefined);
    assert.equal(writtenAtOf({ eventName: "LOAD", dynamodb: { NewImage } }), undefined);
    assert.equal(writtenAtOf({ eventName: "INSERT", dynamodb: { NewImage: { id: { N: "1" } } } }), undefined);
  });
});
