import assert from "node:assert/strict";
import { parseSource } from "../../../sandbox/source";
import { stackConfig } from "../../../sandbox/stackConfig";

describe("stackConfig", () => {
  const source = parseSource("postgres://me:secret@127.0.0.1:5433/shop");
  const config = stackConfig(source, ["public.%"], {
    engine: "postgres",
    tables: [
      { schema: "public", table: "orders", key: ["order_id"] },
      { schema: "public", table: "order_lines", key: ["order_id", "line_no"] },
      { schema: "public", table: "audit_log", key: [] },
    ],
  });

  it("points the pipeline at the source, the password being a secret", () => {
    assert.deepEqual(JSON.parse(config["rowstream:source"]?.value ?? ""), {
      name: "shop",
      engine: "postgres",
      host: "127.0.0.1",
      port: 5433,
      database: "shop",
      username: "me",
      sslMode: "none",
    });
    assert.deepEqual(config["rowstream:sourcePassword"], { value: "secret", secret: true });
  });

  it("calls the engine what the server says that it is", () => {
    const mariadb = stackConfig(parseSource("mysql://me:secret@127.0.0.1/shop"), ["shop.%"], {
      engine: "mariadb",
      tables: [],
    });
    const { engine, port, database } = JSON.parse(mariadb["rowstream:source"]?.value ?? "");
    assert.deepEqual({ engine, port, database }, { engine: "mariadb", port: 3306, database: "shop" });
  });

  it("lists the composite keys, and no others", () => {
    assert.deepEqual(JSON.parse(config["rowstream:tables"]?.value ?? ""), {
      include: ["public.%"],
      keys: { "public.order_lines": ["order_id", "line_no"] },
    });
  });

  it("leaves all else to the pipeline's defaults", () => {
    assert.deepEqual(Object.keys(config), [
      "rowstream:source",
      "rowstream:sourcePassword",
      "rowstream:tables",
    ]);
  });
});
