import assert from "node:assert/strict";
import fc from "fast-check";
import { subnetLayout } from "../../../../sandbox/provider/subnetLayout";
import { zoneIdOf } from "../../../../sandbox/provider/zones";

const ISOLATED = { type: "Isolated" };
const PRIVATE = { type: "Private" };

function range(cidrBlock: string): [number, number] {
  const [address = "", prefix] = cidrBlock.split("/");
  const start = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return [start, start + 2 ** (32 - Number(prefix))];
}

describe("subnetLayout", () => {
  it("gives each zone a half of the range, as awsx does", () => {
    const planned = subnetLayout("net", "10.0.0.0/16", ["a", "b"], [ISOLATED]);
    assert.deepEqual(
      planned.map(({ name, zone, cidrBlock }) => ({ name, zone, cidrBlock })),
      [
        { name: "net-isolated-1", zone: "a", cidrBlock: "10.0.0.0/17" },
        { name: "net-isolated-2", zone: "b", cidrBlock: "10.0.128.0/17" },
      ],
    );
  });

  it("takes the ranges and sizes that a kind of subnet asks for", () => {
    const planned = subnetLayout(
      "net",
      "10.0.0.0/16",
      ["a", "b"],
      [
        { ...PRIVATE, name: "db", cidrMask: 24 },
        { ...ISOLATED, cidrBlocks: ["10.0.8.0/24", "10.0.9.0/24"] },
      ],
    );
    assert.deepEqual(
      planned.map(({ name, cidrBlock }) => `${name} ${cidrBlock}`),
      [
        "net-db-1 10.0.0.0/24",
        "net-isolated-1 10.0.8.0/24",
        "net-db-2 10.0.128.0/24",
        "net-isolated-2 10.0.9.0/24",
      ],
    );
  });

  it("lays out subnets that lie in the range and never overlap", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 24 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        (prefix, zones, kinds) => {
          const specs = Array.from({ length: kinds }, (_, index) => ({ ...PRIVATE, name: `k${index}` }));
          const planned = subnetLayout("n", `10.0.0.0/${prefix}`, ["a", "b", "c"].slice(0, zones), specs);
          const ranges = planned.map(({ cidrBlock }) => range(cidrBlock)).sort(([a], [b]) => a - b);
          const [first, last] = range(`10.0.0.0/${prefix}`);
          assert.ok(ranges.every(([start, end]) => start >= first && end <= last));
          assert.ok(ranges.every(([start], index) => start >= (ranges[index - 1]?.[1] ?? first)));
        },
      ),
    );
  });

  it("refuses a range that is too small, or none at all", () => {
    assert.throws(
      () => subnetLayout("n", "10.0.0.0/28", ["a", "b"], [ISOLATED]),
      /no room for 2 zones of 1 subnets/,
    );
    assert.throws(() => subnetLayout("n", "10.0.0/16", ["a"], [ISOLATED]), /"10.0.0\/16" is no IPv4 range/);
  });
});

describe("zoneIdOf", () => {
  it("shortens regions as AWS does", () => {
    assert.equal(zoneIdOf("us-east-1a"), "use1-az1");
    assert.equal(zoneIdOf("ap-southeast-2c"), "apse2-az3");
    assert.equal(zoneIdOf("eu-central-1b"), "euc1-az2");
  });
});
