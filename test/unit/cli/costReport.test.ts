import assert from "node:assert/strict";
import type { CostEstimate } from "../../../automation/cost/costEstimate";
import { costReport } from "../../../cli/render/costReport";

const ESTIMATE: CostEstimate = {
  region: "us-east-1",
  currency: "USD",
  hours: 730,
  prices: "mine.json, as of 2026-11-27",
  rates: {
    changesPerSecond: { value: 10, origin: "given", basis: "--changes-per-second" },
    rowBytes: { value: 812.4444, origin: "observed", basis: "DynamoDB's own count" },
    eventBytes: { value: 2000, origin: "assumed", basis: "two rows" },
  },
  lines: [
    {
      component: "replication",
      item: "instance dms.r6i.large",
      quantity: 730,
      unit: "hour",
      origin: "deployed",
      basis: "one dms.r6i.large in one zone",
      priceKey: "dmsInstanceHour",
      unitPrice: 0.25,
      amount: 182.5,
    },
    {
      component: "tables",
      item: "writes",
      quantity: 26.28123,
      unit: "million units",
      origin: "given",
      basis: "10 changes a second, 1 units each",
      priceKey: "dynamoWriteMillion",
      missing: "the price list cannot be read: no way there",
    },
  ],
  components: [
    { component: "replication", amount: 182.5 },
    { component: "tables", amount: 0 },
  ],
  total: 182.5,
  complete: false,
  notEstimated: [{ type: "aws:s3/bucket:Bucket", count: 2 }],
};

describe("the cost report", () => {
  it("shows each product, the sums, what is missing, and where the numbers come from", () => {
    assert.equal(
      costReport(ESTIMATE),
      [
        "a month of 730 hours in us-east-1, list prices in USD (mine.json, as of 2026-11-27)",
        "",
        "COMPONENT    ITEM                    QUANTITY             UNIT PRICE  AMOUNT",
        "replication  instance dms.r6i.large  730 hour             x 0.25      182.50",
        "tables       writes                  26.28 million units              NO PRICE",
        "",
        "replication  182.50",
        "tables       0.00",
        "TOTAL        182.50, INCOMPLETE: what is named below comes on top",
        "",
        "NO PRICE",
        "tables  writes  the price list cannot be read: no way there (dynamoWriteMillion)",
        "",
        "NOT ESTIMATED",
        "2  aws:s3/bucket:Bucket",
        "",
        "RATES",
        "changes a second   10     given: --changes-per-second",
        "bytes of a row     812.4  observed: DynamoDB's own count",
        "bytes of an event  2000   assumed: two rows",
        "",
        "WHERE THE QUANTITIES COME FROM",
        "replication  instance dms.r6i.large  deployed: one dms.r6i.large in one zone",
        "tables       writes                  given: 10 changes a second, 1 units each",
        "",
      ].join("\n"),
    );
  });

  it("does not call a whole sum incomplete, nor a small one nothing", () => {
    const [line] = ESTIMATE.lines;
    assert.ok(line);
    const report = costReport({
      ...ESTIMATE,
      lines: [{ ...line, amount: 0.001 }],
      total: 0.001,
      complete: true,
      notEstimated: [],
    });
    assert.doesNotMatch(report, /INCOMPLETE|NO PRICE|NOT ESTIMATED/);
    assert.match(report, /TOTAL +under 0\.01/);
  });
});
