import assert from "node:assert/strict";
import fc from "fast-check";
import { Faults } from "../../../../components/faults";
import {
  checkEndpointSettings,
  ENGINES,
  endpointSettings,
  SOURCE_ENGINES,
} from "../../../../components/replication/endpointSettings";

describe("the engines", () => {
  it("are all known, each with a port, the SSL mode none, and defaults that its own check accepts", () => {
    for (const engine of SOURCE_ENGINES) {
      const facts = ENGINES[engine];
      assert.ok(facts.port > 0 && facts.port < 65_536, engine);
      assert.ok(facts.sslModes.includes("none"), engine);
      const faults = new Faults();
      checkEndpointSettings(faults, "settings", engine, facts.defaults);
      assert.deepEqual(faults.found, [], engine);
    }
  });

  it("have the SSL modes of DMS's manual", () => {
    assert.deepEqual(
      Object.fromEntries(SOURCE_ENGINES.map((engine) => [engine, ENGINES[engine].sslModes.join(" ")])),
      {
        postgres: "none require verify-ca verify-full",
        "aurora-postgresql": "none require verify-ca verify-full",
        mysql: "none verify-ca verify-full",
        mariadb: "none verify-ca verify-full",
        aurora: "none verify-ca verify-full",
        sqlserver: "none require verify-full",
        oracle: "none verify-ca",
        db2: "none verify-ca",
        sybase: "none verify-full",
      },
    );
  });

  it("get no secrets from DMS when they are Db2 or ASE", () => {
    assert.deepEqual(
      SOURCE_ENGINES.filter((engine) => !ENGINES[engine].secretsManager),
      ["db2", "sybase"],
    );
  });
});

describe("endpointSettings", () => {
  it("fills the block of an engine that has one, and the user's settings win", () => {
    assert.deepEqual(endpointSettings("postgres", { heartbeatEnable: false, slotName: "ours" }), {
      postgresSettings: {
        captureDdls: true,
        failTasksOnLobTruncation: true,
        heartbeatEnable: false,
        slotName: "ours",
      },
    });
  });

  it("writes extra connection attributes for an engine without a block, in an order of their own", () => {
    assert.deepEqual(
      endpointSettings("sqlserver", { safeguardPolicy: "rely-on-sql-server-replication-agent" }),
      {
        extraConnectionAttributes:
          "SetUpMsCdcForTables=true;safeguardPolicy=rely-on-sql-server-replication-agent;",
      },
    );
    assert.deepEqual(endpointSettings("sybase"), {});
  });

  it("gives the same attributes whatever order the settings came in", () => {
    const settings = fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), fc.integer());
    fc.assert(
      fc.property(settings, (map) => {
        const reversed = Object.fromEntries(Object.entries(map).reverse());
        assert.deepEqual(endpointSettings("db2", map), endpointSettings("db2", reversed));
      }),
    );
  });

  it("refuses a setting that the engine's block does not have, and one that would break the attributes", () => {
    const faults = new Faults();
    checkEndpointSettings(faults, "settings", "mysql", { heartbeatEnable: true });
    checkEndpointSettings(faults, "settings", "sqlserver", { "a b": 1, tail: "x;y=z" });
    assert.deepEqual(
      faults.found.map((fault) => `${fault.path}: ${fault.problem}`),
      [
        "settings.heartbeatEnable: is no setting of mysql; the settings are afterConnectScript, cleanSourceMetadataOnMismatch, eventsPollInterval, executeTimeout, serverTimezone",
        "settings.a b: is no name of an extra connection attribute; give letters and digits only",
        'settings.tail: "x;y=z" may not contain ";" or "=": they separate the attributes',
      ],
    );
  });
});
