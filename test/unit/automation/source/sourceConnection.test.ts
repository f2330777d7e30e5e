import assert from "node:assert/strict";
import {
  connectionFromConfiguration,
  connectionFromUrl,
  describeConnection,
} from "../../../../automation/source/sourceConnection";

describe("the connection to a source", () => {
  it("is read from a URL, with what is usual for the engine", () => {
    assert.deepEqual(connectionFromUrl("postgres://me:p%40ss@db.example.com/shop", undefined, {}), {
      engine: "postgres",
      host: "db.example.com",
      port: 5432,
      database: "shop",
      username: "me",
      password: "p@ss",
      sslMode: "require",
    });
    assert.deepEqual(connectionFromUrl("mariadb://me@127.0.0.1:3307", undefined, {}), {
      engine: "mariadb",
      host: "127.0.0.1",
      port: 3307,
      database: "",
      username: "me",
      sslMode: "none",
    });
    assert.equal(connectionFromUrl("sqlserver://sa@[::1]/erp").host, "::1");
    assert.equal(connectionFromUrl("postgres://me@db/shop?sslmode=disable").sslMode, "none");
  });

  it("takes the password of the engine's own variable where the URL has none", () => {
    const environment = { PGPASSWORD: "pg", ORACLE_PWD: "ora", MYSQL_PWD: "my", SQLCMDPASSWORD: "ms" };
    const password = (url: string) => connectionFromUrl(url, undefined, environment).password;
    assert.equal(password("postgres://me@db/shop"), "pg");
    assert.equal(password("postgres://me:own@db/shop"), "own");
    assert.equal(password("oracle://me@db/ORCL"), "ora");
    assert.equal(password("mysql://me@db"), "my");
    assert.equal(password("sqlserver://me@db/erp"), "ms");
  });

  it("keeps the engine of the configuration where the URL is of its family", () => {
    assert.equal(connectionFromUrl("postgres://me@db/shop", "aurora-postgresql").engine, "aurora-postgresql");
    assert.equal(connectionFromUrl("mysql://me@db", "aurora").engine, "aurora");
    assert.equal(connectionFromUrl("mysql://me@db", "postgres").engine, "mysql");
  });

  it("refuses a URL without showing it", () => {
    for (const [url, reason] of [
      ["http://me:secret@db/x", /must begin with one of postgres:\/\//],
      ["postgres://me:secret@db", /names no host, user or database/],
      ["postgres://:secret@db/shop", /names no host, user or database/],
      ["postgres://me:secret@db/shop?sslmode=maybe", /sslmode "maybe"/],
      ["postgres://me:sec%ret@db/shop", /write a % as %25/],
    ] as const) {
      assert.throws(
        () => connectionFromUrl(url),
        (error: Error) => reason.test(error.message) && !error.message.includes("sec"),
        url,
      );
    }
  });

  it("is read from the configuration", () => {
    const source = {
      engine: "oracle",
      host: "db",
      database: "ORCL",
      username: "dms",
      sslMode: "none",
    } as const;
    const connection = connectionFromConfiguration(source, "secret", {});
    assert.equal(connection.port, 1521);
    assert.equal(connection.password, "secret");
    assert.equal(describeConnection(connection), "oracle dms@db:1521/ORCL");
    assert.equal(connectionFromConfiguration(source, "", { ORACLE_PWD: "env" }).password, "env");
    assert.throws(() => connectionFromConfiguration({ engine: "postgres" }, undefined), {
      code: "SourceNotReadable",
    });
    assert.throws(
      () => connectionFromConfiguration({ engine: "postgres", host: "db", username: "me" }, undefined),
      /no database/,
    );
  });
});
