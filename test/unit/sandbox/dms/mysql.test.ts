import assert from "node:assert/strict";
import fc from "fast-check";
import { inetText, uuidText } from "../../../../sandbox/dms/source/mysql/addressText";
import {
  formatPosition,
  isAtOrBehind,
  parsePosition,
} from "../../../../sandbox/dms/source/mysql/binlogPosition";
import { jsonText } from "../../../../sandbox/dms/source/mysql/jsonText";
import {
  type Facts,
  missingPrerequisites,
  versionFault,
} from "../../../../sandbox/dms/source/mysql/prerequisites";
import { isAtLeast, parseVersion } from "../../../../sandbox/dms/source/mysql/server";
import { truncatedTable } from "../../../../sandbox/dms/source/mysql/truncation";
import { conversionOf, floatText } from "../../../../sandbox/dms/source/mysql/types";
import { WHOLE_VALUES } from "../../../../sandbox/dms/source/source";

describe("a position in the binary log", () => {
  it("reads back what it writes", () => {
    const position = { file: "db/host.bin.000042", offset: 1337 };
    assert.deepEqual(parsePosition(formatPosition(position)), position);
    assert.throws(() => parsePosition("binlog.000042"), /is no position of a binary log/);
  });

  it("orders by the file's number, then by the offset, also beyond six digits", () => {
    const order = ["b.000001/900", "b.000002/4", "b.000002/10", "b.999999/4", "b.1000000/4"].map(
      parsePosition,
    );
    for (const [place, position] of order.entries()) {
      for (const [other, target] of order.entries()) {
        assert.equal(isAtOrBehind(position, target), place >= other);
      }
    }
  });
});

describe("a server's version", () => {
  it("tells MariaDB from MySQL, and orders", () => {
    assert.deepEqual(parseVersion("10.11.6-MariaDB-0+deb12u1-log"), {
      flavour: "mariadb",
      text: "10.11.6-MariaDB-0+deb12u1-log",
      major: 10,
      minor: 11,
      patch: 6,
    });
    assert.equal(parseVersion("8.4.5").flavour, "mysql");
    assert.ok(isAtLeast(parseVersion("8.0.36"), [8, 0, 1]));
    assert.ok(isAtLeast(parseVersion("8.2.0"), [8, 2, 0]));
    assert.ok(!isAtLeast(parseVersion("5.7.44-log"), [8, 0, 1]));
    assert.ok(!isAtLeast(parseVersion("10.4.33-MariaDB"), [10, 5, 0]));
  });
});

describe("what a MySQL source lacks", () => {
  const good: Facts = {
    version: parseVersion("8.4.5"),
    variables: {
      log_bin: "ON",
      server_id: "1",
      binlog_format: "ROW",
      binlog_row_image: "FULL",
      binlog_row_metadata: "FULL",
      binlog_row_value_options: "",
      binlog_transaction_compression: "OFF",
    },
    user: "dms@%",
    global: new Set(["REPLICATION CLIENT", "REPLICATION SLAVE", "RELOAD"]),
    mayRead: true,
    database: "shop",
  };

  it("is nothing where everything is there", () => {
    assert.deepEqual(missingPrerequisites(good), []);
    const mariadb = {
      ...good,
      version: parseVersion("10.11.6-MariaDB"),
      global: new Set(["BINLOG MONITOR", "REPLICATION SLAVE"]),
    };
    assert.deepEqual(missingPrerequisites(mariadb), []);
  });

  it("is named with the statement that mends it", () => {
    const variables = { ...good.variables, log_bin: "OFF", binlog_row_image: "MINIMAL" };
    const faults = missingPrerequisites({
      ...good,
      variables,
      global: new Set(),
      mayRead: false,
      user: "d's@10.%",
    });
    for (const [index, expected] of [
      /^log_bin is OFF: put log_bin = binlog into the server's configuration/,
      /^binlog_row_image is MINIMAL: SET GLOBAL binlog_row_image = 'FULL';/,
      /lacks REPLICATION CLIENT: GRANT REPLICATION CLIENT ON \*\.\* TO 'd''s'@'10\.%'/,
      /lacks REPLICATION SLAVE: GRANT REPLICATION SLAVE ON \*\.\*/,
      /GRANT RELOAD ON \*\.\*/,
      /may read no table: GRANT SELECT ON `shop`\.\* TO/,
    ].entries()) {
      assert.match(faults[index] ?? "", expected);
    }
    assert.equal(faults.length, 6);
  });

  it("is a version whose log names columns", () => {
    assert.match(
      versionFault(parseVersion("5.7.44")) ?? "",
      /5\.7\.44; the sandbox's reader needs MySQL 8\.0\.1 or MariaDB 10\.5/,
    );
    assert.equal(versionFault(parseVersion("10.5.0-MariaDB")), undefined);
  });

  it("is not known of privileges that a role may give", () => {
    assert.deepEqual(missingPrerequisites({ ...good, global: undefined }), []);
  });
});

describe("truncatedTable", () => {
  for (const [statement, table] of [
    ["TRUNCATE TABLE orders", "shop orders"],
    ["truncate `crm`.`odd ``name`", "crm odd `name"],
    ["/* app */ TRUNCATE TABLE crm . visits;", "crm visits"],
    ["-- note\nTRUNCATE orders", "shop orders"],
    ["INSERT INTO t VALUES ('TRUNCATE TABLE x')", undefined],
    ["ALTER TABLE t TRUNCATE PARTITION p", undefined],
  ] as const) {
    it(`finds ${table ?? "none"} in ${JSON.stringify(statement)}`, () => {
      const found = truncatedTable(statement, "shop");
      assert.equal(found && `${found.schema} ${found.name}`, table);
    });
  }
});

describe("MySQL's values", () => {
  const convert = (type: string, text: string) => conversionOf(type, WHOLE_VALUES).convert(text);

  it("are numbers, strings or lost, by the type", () => {
    assert.deepEqual(convert("bigint(20) unsigned", "18446744073709551615"), { N: "18446744073709551615" });
    assert.deepEqual(convert("decimal(65,30)", "1.5"), { S: "1.5" });
    assert.deepEqual(convert("bit(1)", "1"), { BOOL: true });
    assert.equal(convert("multipolygon", "x"), null);
    assert.equal(convert("datetime(6)", "0000-00-00 00:00:00.000000"), null);
    assert.deepEqual(convert("enum('date')", "date"), { S: "date" });
    assert.deepEqual(convert("constructor", "x"), { S: "x" });
  });

  it("are named by their DMS types", () => {
    const names = ["int unsigned", "decimal(10,2)", "text", "longtext", "json", "year", "varbinary(8)"].map(
      (type) => conversionOf(type, WHOLE_VALUES).dmsType,
    );
    assert.deepEqual(names, ["UINT4", "NUMERIC(10,2)", "WSTRING", "NCLOB", "CLOB", "INT2", "BYTES"]);
  });

  it("give every float back that they are written as, in no more than nine digits", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (float) => {
        const text = floatText(float);
        assert.equal(Math.fround(Number(text)), float === 0 ? 0 : float);
        assert.ok(
          Number(text)
            .toExponential()
            .replace(/[-.]|e.*/g, "").length <= 9,
        );
      }),
    );
  });
});

describe("jsonText", () => {
  it("is the same for what the server prints and what the reader of the log does", () => {
    for (const [printed, read] of [
      [
        '{"b": 1.0, "aa": 18446744073709551615, "100": [true, null]}',
        '{"100": [true, null], "b": 1, "aa": 18446744073709551615}',
      ],
      ['{"x": 1e20, "y": -0.5}', '{"x": 100000000000000000000, "y": -0.5}'],
      ['"é\\u0001\\n"', '"é\\u0001\\n"'],
      ["null", "null"],
    ] as const) {
      assert.equal(jsonText(printed), jsonText(read));
    }
  });

  it("keeps the server's style and order", () => {
    const text = '{"a": 1, "z": "q\\"", "bb": [1, 9007199254740993], "aaa": {}}';
    assert.equal(jsonText(text), text);
  });
});

describe("addresses of MariaDB's log", () => {
  it("are what the server prints, though the zeros at their end are left out", () => {
    const bytes = (hex: string) => Buffer.from(hex, "hex");
    assert.equal(uuidText(bytes("123e4567e89b12d3a4564266554400")), "123e4567-e89b-12d3-a456-426655440000");
    assert.equal(inetText(bytes("0a"), 4), "10.0.0.0");
    assert.equal(inetText(bytes(""), 16), "::");
    assert.equal(inetText(bytes("00000000000000000000000000000001"), 16), "::1");
    assert.equal(inetText(bytes("00000000000000000000ffffc0000280"), 16), "::ffff:192.0.2.128");
    assert.equal(inetText(bytes("000000000000000000000000c0000280"), 16), "::192.0.2.128");
    assert.equal(inetText(bytes("20010db80000000000000000ff00"), 16), "2001:db8::ff00:0");
  });
});
