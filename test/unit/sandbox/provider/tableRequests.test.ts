import assert from "node:assert/strict";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { describedInputs, type TableInputs, tableChanges } from "../../../../sandbox/provider/tableRequests";

/** A table as DMS makes it. */
const DMS_MADE: TableDescription = {
  TableName: "orders",
  TableStatus: "ACTIVE",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  ProvisionedThroughput: { ReadCapacityUnits: 200, WriteCapacityUnits: 200 },
};

const FED: TableInputs = {
  name: "orders",
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  serverSideEncryption: { enabled: true, kmsKeyArn: "arn:key" },
  deletionProtectionEnabled: true,
};

const STREAMING: TableDescription = {
  ...DMS_MADE,
  BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  SSEDescription: { Status: "ENABLED", KMSMasterKeyArn: "arn:key" },
  DeletionProtectionEnabled: true,
};

describe("tableChanges", () => {
  it("turns a table that DMS made into a fed one: the stream first, then one kind of change a call", () => {
    assert.deepEqual(tableChanges(FED, DMS_MADE), [
      { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } },
      { BillingMode: "PAY_PER_REQUEST" },
      { SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: "arn:key" } },
      { DeletionProtectionEnabled: true },
    ]);
  });

  it("is nothing where the table is as it should be", () => {
    assert.deepEqual(tableChanges(FED, STREAMING), []);
  });

  it("ends a stream before it begins one with another view, for a view cannot be changed", () => {
    assert.deepEqual(tableChanges({ ...FED, streamViewType: "KEYS_ONLY" }, STREAMING), [
      { StreamSpecification: { StreamEnabled: false } },
      { StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } },
    ]);
    const { streamEnabled: _, ...silent } = FED;
    assert.deepEqual(tableChanges(silent, STREAMING), [{ StreamSpecification: { StreamEnabled: false } }]);
  });

  it("sets ceilings, moves them, and takes them away", () => {
    const bounded = { ...FED, onDemandThroughput: { maxWriteRequestUnits: 50 } };
    assert.deepEqual(tableChanges(bounded, STREAMING), [
      {
        BillingMode: "PAY_PER_REQUEST",
        OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 50 },
      },
    ]);
    const described = { ...STREAMING, OnDemandThroughput: { MaxWriteRequestUnits: 50 } };
    assert.deepEqual(tableChanges(bounded, described), []);
    assert.deepEqual(tableChanges(FED, described), [
      {
        BillingMode: "PAY_PER_REQUEST",
        OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 },
      },
    ]);
  });
});

describe("describedInputs", () => {
  it("are what was chosen for the table", () => {
    const { billingMode, readCapacity, writeCapacity, streamEnabled, hashKey, rangeKey } =
      describedInputs(DMS_MADE);
    assert.deepEqual(
      { billingMode, readCapacity, writeCapacity, streamEnabled, hashKey, rangeKey },
      {
        billingMode: "PROVISIONED",
        readCapacity: 200,
        writeCapacity: 200,
        streamEnabled: false,
        hashKey: "id",
        rangeKey: undefined,
      },
    );
  });
});
