import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultTables, describeSource, parseSource, sourceUrl } from "../../../sandbox/source";

describe("parseSource", () => {
  it("takes a connection string apart", () => {
    assert.deepEqual(parseSource("postgresql://me:p%40ss%2Fword@127.0.0.1:5433/my%20shop"), {
      engine: "postgres",
      name: "my_shop",
      host: "127.0.0.1",
      port: 5433,
      database: "my shop",
      user: "me",
      password: "p@ss/word",
      sslMode: "none",
    });
  });

  it("fills in the usual port, and a password that nobody looks at", () => {
    const source = parseSource("postgres://me@localhost/shop");
    assert.equal(source.port, 5432);
    assert.equal(source.password, "unused");
  });

  for (const [url, expected] of [
    ["postgres://u:p@db.example.com/shop", "require"],
    ["postgres://u:p@[::1]:5432/shop", "none"],
    ["postgres://u:p@db.example.com/shop?sslmode=disable", "none"],
    ["postgres://u:p@db.example.com/shop?sslmode=prefer", "none"],
    ["postgres://u:p@127.0.0.1/shop?sslmode=verify-full", "verify-full"],
    ["mysql://u:p@127.0.0.1/shop", "none"],
    ["mysql://u:p@db.example.com/shop?sslmode=disable", "none"],
  ] as const) {
    it(`has SSL mode ${expected} for ${url}`, () => {
      assert.equal(parseSource(url).sslMode, expected);
    });
  }

  for (const [url, what] of [
    ["shop", /is no URL/],
    ["oracle://u:secret@h/shop", /is a oracle: URL, and the sandbox replicates postgres:, .*, mariadb: only/],
    ["mysql://u:secret@h/shop", /is on another machine, and DMS has no TLS to MySQL/],
    ["mysql://u@127.0.0.1/shop", /has no password/],
    ["postgres://u:secret@h", /has no host, user or database/],
    ["postgres://h/shop", /has no host, user or database/],
    ["postgres://u:secret@h/shop?sslmode=maybe", /has sslmode "maybe", not one of disable, allow, prefer/],
  ] as const) {
    it(`refuses ${url} and does not repeat its password`, () => {
      assert.throws(
        () => parseSource(url),
        (error: Error) => what.test(error.message) && !error.message.includes("secret"),
      );
    });
  }

  it("reads back what sourceUrl writes, whatever the names hold", () => {
    const text = fc.string({ minLength: 1, unit: "grapheme" });
    // A URL's path cannot hold these two names: every parser takes them for steps.
    const name = text.filter((value) => value !== "." && value !== "..");
    fc.assert(
      fc.property(text, text, name, fc.integer({ min: 1, max: 65_535 }), (user, password, database, port) => {
        const source = { ...parseSource("postgres://u:p@127.0.0.1/d"), user, password, database, port };
        const { name: _, ...read } = parseSource(sourceUrl(source));
        const { name: __, ...written } = source;
        assert.deepEqual(read, written);
      }),
    );
  });

  it("takes both names of MySQL's family for it, on its usual port", () => {
    for (const url of ["mysql://u:p@127.0.0.1/my_shop", "mariadb://u:p@127.0.0.1/my_shop"]) {
      const source = parseSource(url);
      assert.deepEqual([source.engine, source.port], ["mysql", 3306]);
      assert.deepEqual(defaultTables(source), ["my[_]shop.%"]);
      assert.deepEqual(parseSource(sourceUrl(source)), source);
    }
  });

  it("describes a source without its password", () => {
    assert.equal(
      describeSource(parseSource("postgres://me:secret@127.0.0.1:5433/shop")),
      "the database shop of me@127.0.0.1:5433",
    );
  });
});
