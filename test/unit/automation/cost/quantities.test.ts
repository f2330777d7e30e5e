import assert from "node:assert/strict";
import type { CostQuantity } from "../../../../automation/cost/costEstimate";
import type { DeployedParts } from "../../../../automation/cost/deployedParts";
import { type CostUse, quantities } from "../../../../automation/cost/quantities";
import { changesInMonth, handler, known, lake, line, parts, quantity, use } from "./costUse";

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
    const watched = { parts: parts({ inspector: { memoryMib: 256, architecture: "arm64" } }) };
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

  describe("of consumers", () => {
    const GB = 1024 ** 3;
    const consumers = (...list: DeployedParts["consumers"]) => ({ parts: parts({ consumers: list }) });
    /** What there is of it more than without consumers. */
    function more(changes: Partial<CostUse>, priceKey: CostQuantity["priceKey"]): number {
      const { parts: _, ...without } = changes;
      return (of(changes, priceKey) ?? 0) - (of(without, priceKey) ?? 0);
    }

    it("has no line where there is none", () => {
      assert.ok(quantities(use()).every(({ component }) => component !== "consumers"));
    });

    it("calls a handler as it was counted, and tells repeats as often as events were", () => {
      const measured = {
        ...consumers(handler({ appliedTable: "applied" })),
        consumers: {
          "function notify": {
            calls: known(2e6),
            milliseconds: known(2e8),
            writes: known(5e6),
            reads: known(6e6),
          },
        },
      };
      close(more(measured, "lambdaRequestMillion"), 2);
      close(more(measured, "lambdaGbSecond"), 2e8 / 1000 / 2);
      close(more(measured, "dynamoWriteMillion"), 5);
      close(of(measured, "dynamoReadMillion"), 6);
      const [calls] = quantities(use(measured)).filter(({ component }) => component === "consumers");
      assert.deepEqual([calls?.item, calls?.origin], ["notify: calls", "observed"]);
    });

    it("assumes that every change reaches a handler that was not watched", () => {
      const assumed = consumers(handler({ appliedTable: "applied" }));
      close(more(assumed, "dynamoWriteMillion"), 1);
      close(more(assumed, "lambdaRequestMillion"), 1);
      assert.ok(
        quantities(use(assumed))
          .filter(({ component }) => component === "consumers")
          .every(({ origin }) => origin === "assumed"),
      );
      assert.equal(of(consumers(handler()), "dynamoReadMillion"), undefined);
    });

    it("counts enhanced fan-out by the gigabyte, and a provisioned stream's by the shard as well", () => {
      const fast = consumers(handler({ fanOut: "fast" }));
      close(of(fast, "kinesisFanOutGb"), (1e6 * 3 * 1024) / GB);
      const counted = { ...fast, consumers: { "function notify": { fanOutBytes: known(7 * GB) } } };
      close(of(counted, "kinesisFanOutGb"), 7);
      const stream = { mode: "provisioned" as const, openShards: 3, retentionHours: 24 };
      close(of({ ...counted, stream }, "kinesisFanOutShardHour"), 2190);
      close(of({ ...counted, stream }, "kinesisFanOutShardGb"), 7);
      assert.equal(of({ ...counted, stream }, "kinesisFanOutGb"), undefined);
      assert.equal(of(consumers(handler()), "kinesisFanOutGb"), undefined);
    });

    it("counts a bridge's messages in pieces of 5 KB", () => {
      const bridge = consumers(handler({ messages: true }));
      close(of({ ...bridge, ...rated({ eventBytes: known(5120) }) }, "iotMessageMillion"), 1);
      close(of({ ...bridge, ...rated({ eventBytes: known(5121) }) }, "iotMessageMillion"), 2);
      assert.equal(of(consumers(handler()), "iotMessageMillion"), undefined);
    });

    it("rounds a lake's records up to 5 KB, and keeps what it delivered", () => {
      const assumed = consumers(lake());
      close(of(assumed, "firehoseGb"), (1e6 * 5120) / GB);
      close(of(assumed, "firehosePartitionGb"), (1e6 * 3072) / GB);
      close(of(assumed, "firehoseObjectThousand"), (730 * 12) / 1000);
      close(of(assumed, "s3PutThousand"), (730 * 12) / 1000);
      assert.equal(of(assumed, "firehoseConversionGb"), undefined);
      const measured = {
        ...consumers(lake({ parquet: true })),
        consumers: {
          "lake lake": {
            records: known(2e6),
            bytes: known(2e6 * 6000),
            objects: known(4000),
            bytesDelivered: known(GB),
          },
        },
      };
      close(of(measured, "firehoseGb"), (2e6 * 10_240) / GB);
      close(of(measured, "firehoseConversionGb"), (2e6 * 6000) / GB);
      close(of(measured, "firehoseObjectThousand"), 4);
      close(more(measured, "s3StorageGbMonth"), 1);
    });

    it("has no more files than events", () => {
      const seldom = { ...consumers(lake()), ...rated({ changesPerSecond: changesInMonth(10) }) };
      close(of(seldom, "s3PutThousand"), 0.01);
    });

    it("runs the analytics all month, with the unit that the service adds, their storage and their results", () => {
      const flink = consumers({ kind: "analytics", name: "flink", kpus: 3, autoScaling: false });
      close(of(flink, "flinkKpuHour"), 4 * 730);
      close(of(flink, "flinkStorageGbMonth"), 150);
      close(more(flink, "kinesisStreamHour"), 730);
      assert.equal(line(use(flink), "flinkKpuHour")?.origin, "deployed");
      const scaled = consumers({ kind: "analytics", name: "flink", kpus: 3, autoScaling: true });
      assert.equal(line(use(scaled), "flinkKpuHour")?.origin, "assumed");
    });

    it("runs a warehouse at its base all month unless its use was counted, and nodes always", () => {
      const workgroup = { name: "wh-prod", baseRpu: 8 };
      const serverless = consumers({ kind: "warehouse", name: "wh", workgroup });
      close(of(serverless, "redshiftRpuHour"), 8 * 730);
      const counted = { ...serverless, consumers: { "warehouse wh": { computeSeconds: known(7200) } } };
      close(of(counted, "redshiftRpuHour"), 2);
      assert.equal(of(serverless, "redshiftNodeHour"), undefined);
      const cluster = { nodeType: "ra3.large", nodes: 2 };
      const nodes = consumers({ kind: "warehouse", name: "wh", cluster });
      close(of(nodes, "redshiftNodeHour"), 1460);
      close(of(nodes, "redshiftStorageGbMonth"), (1e6 * 3 * 1024 * 0.2) / GB);
    });
  });
});
