import assert from "node:assert/strict";
import { GetProductsCommand, type GetProductsCommandInput, PricingClient } from "@aws-sdk/client-pricing";
import { fetchPrices, priceIn, pricePlaces } from "../../../../automation/cost/priceList";
import { PRICE_KEYS } from "../../../../automation/cost/prices";
import { parts } from "./costUse";
import { priceListProduct } from "./priceListSamples";

/** A price list that answers each request by its service and usage type, a page at a time. */
function priceList(answer: (input: GetProductsCommandInput) => string[][]) {
  const asked: GetProductsCommandInput[] = [];
  const send = async (command: unknown) => {
    assert.ok(command instanceof GetProductsCommand);
    const { input } = command;
    asked.push(input);
    const pages = answer(input);
    const page = Number(input.NextToken ?? 0);
    return {
      FormatVersion: "aws_v1",
      PriceList: pages[page] ?? [],
      ...(page + 1 < pages.length && { NextToken: String(page + 1) }),
    };
  };
  return { client: Object.assign(new PricingClient({ region: "us-east-1" }), { send }), asked };
}

function filter(input: GetProductsCommandInput, field: string): string | undefined {
  return input.Filters?.find(({ Field }) => Field === field)?.Value;
}

describe("priceIn", () => {
  it("takes the price of the usage type, with or without the region's prefix", () => {
    for (const prefix of ["", "USE2-", "EU-", "APN1-", "us-east-2-", "ap-northeast-1-"]) {
      const product = priceListProduct(`${prefix}WriteRequestUnits`, [{ usd: "0.0000006250" }]);
      assert.deepEqual(
        priceIn([product], { usage: "WriteRequestUnits", times: 1e6 }),
        { usd: 0.625 },
        prefix,
      );
    }
  });

  it("passes over another usage type that ends the same", () => {
    for (const other of [
      "USE2-ReplicatedWriteRequestUnits",
      "USE2-IA-WriteRequestUnits",
      "IA-WriteRequestUnits",
      "USE2-WriteRequestUnits-Other",
    ]) {
      const product = priceListProduct(other, [{ usd: "0.1" }]);
      assert.ok("missing" in priceIn([product], { usage: "WriteRequestUnits" }), other);
    }
  });

  it("takes the first tier that is paid, whatever their order", () => {
    const product = priceListProduct("TimedStorage-ByteHrs", [
      { usd: "0.0200", beginRange: "1000" },
      { usd: "0.2500000000", beginRange: "25", endRange: "1000" },
      { usd: "0.0000000000", beginRange: "0", endRange: "25" },
    ]);
    assert.deepEqual(priceIn([product], { usage: "TimedStorage-ByteHrs" }), { usd: 0.25 });
  });

  it("takes a price once that is listed twice, and none where two differ", () => {
    const one = priceListProduct("USE2-Request", [{ usd: "0.2" }]);
    assert.deepEqual(priceIn([one, one], { usage: "Request" }), { usd: 0.2 });
    const another = priceListProduct("USE2-Request", [{ usd: "0.3" }]);
    assert.deepEqual(priceIn([one, another], { usage: "Request" }), {
      missing: "the price list has 2 such products: 0.2, 0.3 USD",
    });
  });

  it("says that there is no such product, or that it is free of any price", () => {
    const nothing = { missing: "the price list has no such product in this region" };
    assert.deepEqual(priceIn([], { usage: "Request" }), nothing);
    const free = priceListProduct("Request", [{ usd: "0.0000000000" }]);
    assert.deepEqual(priceIn([free], { usage: "Request" }), nothing);
  });

  it("says so where the answer is not as it is documented", () => {
    for (const text of ["", "{}", '{"product": {"attributes": {}}, "terms": {}}']) {
      const price = priceIn([text], { usage: "Request" });
      assert.match("missing" in price ? price.missing : "", /not as it is documented/, text);
    }
  });
});

const NODES = { kind: "warehouse" as const, name: "wh", cluster: { nodeType: "ra3.large", nodes: 2 } };

describe("fetchPrices", () => {
  it("asks for the region and the usage type, reads every page, and asks once for a key", async () => {
    const { client, asked } = priceList(() => [
      [priceListProduct("USE2-IA-TimedStorage-ByteHrs", [{ usd: "0.1" }])],
      [priceListProduct("USE2-TimedStorage-ByteHrs", [{ usd: "0.25" }])],
    ]);
    const { of, source } = await fetchPrices(
      client,
      "us-east-2",
      ["dynamoStorageGbMonth", "dynamoStorageGbMonth"],
      parts(),
    );
    assert.deepEqual(of, { dynamoStorageGbMonth: { usd: 0.25 } });
    assert.match(source, /^AWS's price list of us-east-2, \d{4}-\d\d-\d\d$/);
    assert.equal(asked.length, 2);
    assert.equal(asked[0]?.ServiceCode, "AmazonDynamoDB");
    assert.equal(filter(asked[0] ?? ({} as never), "regionCode"), "us-east-2");
    assert.equal(filter(asked[0] ?? ({} as never), "usagetype"), "TimedStorage-ByteHrs");
  });

  it("asks for the instance's class and zones, and the function's architecture", () => {
    const { dmsInstanceHour, dmsStorageGbMonth, lambdaGbSecond, dmsServerlessDcuHour } = pricePlaces(parts());
    assert.equal(dmsInstanceHour?.usage, "InstanceUsg:dms.r6i.large");
    assert.deepEqual(dmsStorageGbMonth?.attributes, { storageMedia: "SSD", availabilityZone: "Single" });
    assert.equal(lambdaGbSecond?.usage, "Lambda-GB-Second-ARM");
    assert.equal(dmsServerlessDcuHour, undefined);
    const other = pricePlaces(
      parts({
        instance: { class: "dms.t3.medium", storageGib: 50, multiAz: true },
        fanIn: { memoryMib: 512, architecture: "x86_64" },
      }),
    );
    assert.equal(other.dmsInstanceHour?.usage, "Multi-AZUsg:dms.t3.medium");
    assert.deepEqual(other.dmsStorageGbMonth?.attributes, {
      storageMedia: "SSD",
      availabilityZone: "Multiple",
    });
    assert.equal(other.lambdaGbSecond?.usage, "Lambda-GB-Second");
  });

  it("asks for the type of the warehouse's nodes, and for the storage that goes with it", () => {
    const nodes = pricePlaces(parts({ consumers: [NODES] }));
    assert.equal(nodes.redshiftNodeHour?.usage, "Node:ra3.large");
    assert.equal(nodes.redshiftStorageGbMonth?.usage, "RMS:ra3.large");
    assert.equal(pricePlaces(parts()).redshiftNodeHour, undefined);
    assert.equal(pricePlaces(parts()).redshiftStorageGbMonth?.usage, "RMS:Serverless");
  });

  it("says of each price that cannot be had why, and has the others", async () => {
    const { client } = priceList(({ ServiceCode }) => {
      if (ServiceCode === "awskms") {
        throw new Error("not authorized to perform: pricing:GetProducts");
      }
      return [[priceListProduct("USE2-DataProcessing-Bytes", [{ usd: "0.5" }])]];
    });
    const { of } = await fetchPrices(
      client,
      "us-east-2",
      ["kmsKeyMonth", "logsGb", "dmsServerlessDcuHour"],
      parts(),
    );
    assert.deepEqual(of, {
      kmsKeyMonth: {
        missing: "the price list cannot be read: not authorized to perform: pricing:GetProducts",
      },
      logsGb: { usd: 0.5 },
      dmsServerlessDcuHour: { missing: "the stack has no such part" },
    });
  });

  it("has a place for every key", () => {
    const places = pricePlaces(
      parts({ serverless: { minDcu: 1, maxDcu: 2, multiAz: false }, consumers: [NODES] }),
    );
    assert.deepEqual(
      PRICE_KEYS.filter((key) => places[key] === undefined),
      [],
    );
  });
});
