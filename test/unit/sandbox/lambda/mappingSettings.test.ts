import assert from "node:assert/strict";
import { ApiError } from "../../../../sandbox/lambda/apiError";
import { readMappingSettings, readStart } from "../../../../sandbox/lambda/mapping/mappingSettings";

const STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-01-01T00:00:00.000";

function refused(code: string, message: RegExp, act: () => unknown): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof ApiError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

describe("readMappingSettings", () => {
  it("returns what the request has and nothing else", () => {
    assert.deepEqual(readMappingSettings({}), {});
    assert.deepEqual(
      readMappingSettings({ BatchSize: 500, MaximumBatchingWindowInSeconds: 1, ParallelizationFactor: 10 }),
      {
        BatchSize: 500,
        MaximumBatchingWindowInSeconds: 1,
        ParallelizationFactor: 10,
      },
    );
  });

  it("holds the numbers to AWS's limits and names all faults at once", () => {
    refused(
      "ValidationException",
      /^3 validation errors detected: Value '0' at 'batchSize'.*'parallelizationFactor'.*'maximumRetryAttempts'/,
      () => readMappingSettings({ BatchSize: 0, ParallelizationFactor: 11, MaximumRetryAttempts: -2 }),
    );
    for (const [name, bad] of Object.entries({
      BatchSize: 10_001,
      MaximumBatchingWindowInSeconds: 301,
      MaximumRetryAttempts: 10_001,
      MaximumRecordAgeInSeconds: 604_801,
    })) {
      refused("ValidationException", /less than or equal to/, () => readMappingSettings({ [name]: bad }));
    }
  });

  it("takes a record age of -1 or from 60 seconds on", () => {
    refused("InvalidParameterValueException", /is 59; it must be -1/, () =>
      readMappingSettings({ MaximumRecordAgeInSeconds: 59 }),
    );
    assert.deepEqual(readMappingSettings({ MaximumRecordAgeInSeconds: -1 }), {
      MaximumRecordAgeInSeconds: -1,
    });
    assert.deepEqual(readMappingSettings({ MaximumRecordAgeInSeconds: 60 }), {
      MaximumRecordAgeInSeconds: 60,
    });
  });

  it("asks for a batching window where a batch may have more than ten records", () => {
    refused("InvalidParameterValueException", /batch window/, () => readMappingSettings({ BatchSize: 11 }));
    refused("InvalidParameterValueException", /batch window/, () =>
      readMappingSettings(
        { MaximumBatchingWindowInSeconds: 0 },
        { BatchSize: 100, MaximumBatchingWindowInSeconds: 1 },
      ),
    );
    assert.deepEqual(readMappingSettings({ BatchSize: 10 }), { BatchSize: 10 });
    assert.deepEqual(readMappingSettings({ BatchSize: 500 }, { MaximumBatchingWindowInSeconds: 5 }), {
      BatchSize: 500,
    });
  });

  it("takes S3, SQS and SNS as destinations and no other", () => {
    for (const Destination of [
      "arn:aws:s3:::failures",
      "arn:aws:sqs:us-east-1:000000000000:q",
      "arn:aws:sns:us-east-1:000000000000:t",
    ]) {
      const config = { DestinationConfig: { OnFailure: { Destination } } };
      assert.deepEqual(readMappingSettings(config), config);
    }
    assert.deepEqual(readMappingSettings({ DestinationConfig: { OnFailure: {} } }), {
      DestinationConfig: { OnFailure: {} },
    });
    refused("InvalidParameterValueException", /must be of an S3 bucket/, () =>
      readMappingSettings({
        DestinationConfig: { OnFailure: { Destination: "arn:aws:lambda:us-east-1:000000000000:function:f" } },
      }),
    );
  });

  it("refuses what it does not do, rather than to do something else", () => {
    refused("InvalidParameterValueException", /no tumbling windows/, () =>
      readMappingSettings({ TumblingWindowInSeconds: 5 }),
    );
    refused("InvalidParameterValueException", /Topics is not for streams/, () =>
      readMappingSettings({ Topics: ["t"] }),
    );
    refused("InvalidParameterValueException", /Invalid filter pattern definition/, () =>
      readMappingSettings({ FilterCriteria: { Filters: [{ Pattern: "{" }] } }),
    );
    refused("ValidationException", /functionResponseTypes/, () =>
      readMappingSettings({ FunctionResponseTypes: ["All"] }),
    );
  });
});

describe("readStart", () => {
  it("asks for a starting position that the stream has", () => {
    refused("ValidationException", /startingPosition/, () => readStart({}, STREAM));
    refused("ValidationException", /enum value set: \[TRIM_HORIZON, LATEST, AT_TIMESTAMP\]/, () =>
      readStart({ StartingPosition: "NOW" }, STREAM),
    );
    refused("InvalidParameterValueException", /Unsupported starting position/, () =>
      readStart({ StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp: 1 }, STREAM),
    );
    assert.deepEqual(readStart({ StartingPosition: "LATEST" }, STREAM), { StartingPosition: "LATEST" });
  });
});
