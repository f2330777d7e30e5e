import assert from "node:assert/strict";
import type { CostQuantity } from "../../../../automation/cost/costEstimate";
import type { CostUse } from "../../../../automation/cost/quantities";
import { changesInMonth, known, line, parts, quantity, use } from "./costUse";

function close(actual: number | undefined, expected: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

function of(changes: Partial<CostUse>, priceKey: CostQuantity["priceKey"]): number | undefined {
  return quantity(use(changes), priceKey);
}

function rated(changes: Partial<CostUse["rates"]>): Partial<CostUse> {
  return { rates: { ...use().rates, ...changes } };
}

describe("quantities", () => {
  it("has an instance run all month, with its storage", () => {
    close(of({}, "dmsInstanceHour"), 730);
    close(of({}, "dmsStorageGbMonth"), 100);
    assert.equal(of({}, "dmsServerlessDcuHour"), undefined);
  });

  it("takes the least capacity of serverless, and says up to what it may grow", () => {
    const { instance: _, ...others } = parts();
    const serverless = use({ parts: { ...others, serverless: { minDcu: 2, maxDcu: 16, multiAz: false } } });
    close(quantity(serverless, "dmsServerlessDcuHour"), 1460);
    const dcu = line(serverless, "dmsServerlessDcuHour");
    assert.equal(dcu?.origin, "assumed");
    assert.match(dcu?.basis ?? "", /grow to 16/);
    assert.equal(quantity(serverless, "dmsInstanceHour"), undefined);
  });

  it("counts interface endpoints in each of their zones, and has no line where there are none", () => {
    close(of({}, "vpcEndpointHour"), 1460);
    const none = { parts: parts({ interfaceEndpoints: 0 }) };
    assert.equal(of(none, "vpcEndpointHour"), undefined);
    assert.equal(of(none, "vpcEndpointGb"), undefined);
    assert.equal(of({}, "natGatewayHour"), undefined);
    close(of({ parts: parts({ natGateways: 2 }) }, "natGatewayHour"), 1460);
  });

  for (const [bytes, units] of [
    [1, 1],
    [1024, 1],
    [1025, 2],
    [10_240, 10],
  ] as const) {
    it(`writes a row of ${bytes} bytes in ${units} units`, () => {
      close(of(rated({ rowBytes: known(bytes) }), "dynamoWriteMillion"), units);
    });
  }

  it("counts provisioned tables by their units, and the writes of the others only", () => {
    const mixed = {
      parts: parts({
        tables: [
          { name: "a", recovery: false },
          { name: "b", recovery: true, capacity: { read: 5, write: 10 } },
        ],
      }),
    };
    close(of(mixed, "dynamoWriteMillion"), 0.5);
    close(of(mixed, "dynamoWriteCapacityHour"), 7300);
    close(of(mixed, "dynamoReadCapacityHour"), 3650);
    close(of(mixed, "dynamoStorageGbMonth"), 10);
    close(of(mixed, "dynamoBackupGbMonth"), 5);
  });

  it("counts what a table that nobody adopted wastes", () => {
    close(of({ strayTables: 3 }, "dynamoWriteCapacityHour"), 3 * 200 * 730);
    close(of({ strayTables: 3 }, "dynamoReadCapacityHour"), 3 * 200 * 730);
    assert.equal(of({}, "dynamoWriteCapacityHour"), undefined);
  });

  it("takes the fan-in's calls and their time as they were measured", () => {
    const measured = { fanIn: { calls: known(3e6), milliseconds: known(200) } };
    close(of(measured, "lambdaRequestMillion"), 3);
    close(of(measured, "lambdaGbSecond"), 3e6 * 0.2 * 0.5);
    assert.equal(line(use(measured), "lambdaGbSecond")?.origin, "observed");
  });

  it("assumes a call for each change where changes are few, and none where there are none", () => {
    close(of({}, "lambdaRequestMillion"), 1);
    close(of({}, "lambdaGbSecond"), 1e6 * 0.0505 * 0.5);
    close(of(rated({ changesPerSecond: known(0) }), "lambdaRequestMillion"), 0);
    close(of(rated({ changesPerSecond: known(0) }), "lambdaGbSecond"), 0);
    assert.equal(line(use(), "lambdaRequestMillion")?.origin, "assumed");
  });

  it("assumes a call a window where changes are many, and more where batches are full", () => {
    const seconds = 730 * 3600;
    close(of(rated({ changesPerSecond: known(100) }), "lambdaRequestMillion"), seconds / 1e6);
    close(of(rated({ changesPerSecond: known(1000) }), "lambdaRequestMillion"), (2 * seconds) / 1e6);
    const tables = [1, 2, 3, 4].map((n) => ({ name: `t${n}`, recovery: true }));
    close(
      of({ ...rated({ changesPerSecond: known(100) }), parts: parts({ tables }) }, "lambdaRequestMillion"),
      (4 * seconds) / 1e6,
    );
    const open = parts({ mapping: { batchSize: 500, windowSeconds: 10 } });
    close(
      of({ ...rated({ changesPerSecond: known(10) }), parts: open }, "lambdaRequestMillion"),
      (0.1 * seconds) / 1e6,
    );
  });

  for (const [bytes, kib] of [
    [1, 1],
    [1024, 1],
    [1025, 2],
    [3072, 3],
  ] as const) {
    it(`takes an event of ${bytes} bytes into an on-demand stream as ${kib} KB`, () => {
      close(of(rated({ eventBytes: known(bytes) }), "kinesisGbIn"), (1e6 * kib) / 1024 ** 2);
    });
  }

  it("has one consumer read everything where it was not measured", () => {
    close(of({}, "kinesisGbOut"), 3e6 / 1024 ** 2);
    assert.equal(line(use(), "kinesisGbOut")?.origin, "assumed");
    close(of({ bytesOut: known(5 * 1024 ** 3) }, "kinesisGbOut"), 5);
  });

  it("keeps what comes in after the first day, and after the first week at another price", () => {
    const gb = 3e6 / 1024 ** 2;
    const kept = (retentionHours: number) => ({
      stream: { mode: "on-demand" as const, openShards: 4, retentionHours },
    });
    assert.equal(of(kept(24), "kinesisRetentionGbMonth"), undefined);
    close(of(kept(168), "kinesisRetentionGbMonth"), (gb / 730) * 144);
    assert.equal(of(kept(168), "kinesisLongRetentionGbMonth"), undefined);
    close(of(kept(200), "kinesisRetentionGbMonth"), (gb / 730) * 144);
    close(of(kept(200), "kinesisLongRetentionGbMonth"), (gb / 730) * 32);
  });

  it("counts a provisioned stream by its shards and payload units", () => {
    const provisioned = {
      ...rated({ eventBytes: known(25 * 1024 + 1) }),
      stream: { mode: "provisioned" as const, openShards: 3, retentionHours: 48 },
    };
    close(of(provisioned, "kinesisShardHour"), 2190);
    close(of(provisioned, "kinesisPutMillion"), 2);
    close(of(provisioned, "kinesisRetentionShardHour"), 2190);
    for (const key of ["kinesisStreamHour", "kinesisGbIn", "kinesisGbOut"] as const) {
      assert.equal(of(provisioned, key), undefined);
    }
    const day = { stream: { mode: "provisioned" as const, openShards: 3, retentionHours: 24 } };
    assert.equal(of(day, "kinesisRetentionShardHour"), undefined);
  });

  it("counts keys, secrets, alarms and dashboards that the stack has, and no others", () => {
    const some = { parts: parts({ keys: 2, secrets: 1, alarms: 7, dashboards: 1 }) };
    assert.deepEqual(
      (["kmsKeyMonth", "secretMonth", "alarmMonth", "dashboardMonth"] as const).map((key) => of(some, key)),
      [2, 1, 7, 1],
    );
    const none = { parts: parts({ keys: 0 }) };
    assert.deepEqual(
      (["kmsKeyMonth", "secretMonth", "alarmMonth", "dashboardMonth"] as const).map((key) => of(none, key)),
      [undefined, undefined, undefined, undefined],
    );
  });

  it("has the inspector look every five minutes, and its metrics kept", () => {
    const watched = { parts: parts({ inspector: { memoryMib: 256 } }) };
    close(of(watched, "metricMonth"), 4);
    close((of(watched, "lambdaRequestMillion") ?? 0) - (of({}, "lambdaRequestMillion") ?? 0), 8760 / 1e6);
    close((of(watched, "lambdaGbSecond") ?? 0) - (of({}, "lambdaGbSecond") ?? 0), 8760 * 2 * 0.25);
    assert.equal(of({}, "metricMonth"), undefined);
  });

  it("asks KMS once in five minutes for each user of a table and each shard", () => {
    close(of({}, "kmsRequestTenThousand"), ((2 + 4) * 730 * 12) / 10_000);
  });

  it("takes logs as they were measured, through the endpoint and into CloudWatch", () => {
    const measured = { logBytes: known(2 * 1024 ** 3) };
    close(of(measured, "logsGb"), 2);
    close(of(measured, "vpcEndpointGb"), 2);
    assert.equal(line(use(), "logsGb")?.origin, "assumed");
  });

  it("says that nothing waits in the failure bucket, or how much is assumed", () => {
    assert.equal(line(use(), "s3StorageGbMonth")?.origin, "observed");
    const waiting = line(use({ failures: 512 }), "s3StorageGbMonth");
    assert.deepEqual([waiting?.quantity, waiting?.origin], [0.5, "assumed"]);
  });

  it("calls a product of numbers by the one that is known the least", () => {
    const origin = (changes: Partial<CostUse["rates"]>) => line(use(rated(changes)), "kinesisGbIn")?.origin;
    assert.equal(origin({}), "observed");
    assert.equal(origin({ changesPerSecond: known(1, "given") }), "given");
    assert.equal(origin({ changesPerSecond: known(1, "given"), eventBytes: known(1, "assumed") }), "assumed");
  });

  it("grows with the rate in what comes of changes, and in nothing else", () => {
    const twice = rated({ changesPerSecond: changesInMonth(2e6) });
    for (const key of [
      "dynamoWriteMillion",
      "kinesisGbIn",
      "kinesisGbOut",
      "kinesisRetentionGbMonth",
    ] as const) {
      close(of(twice, key), 2 * (of({}, key) ?? 0));
    }
    for (const key of ["dmsInstanceHour", "kinesisStreamHour", "kmsKeyMonth", "vpcEndpointHour"] as const) {
      assert.equal(of(twice, key), of({}, key));
    }
  });
});
