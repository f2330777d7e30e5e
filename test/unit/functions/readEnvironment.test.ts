import assert from "node:assert/strict";
import { readEnvironment } from "../../../functions/readEnvironment";

const GOOD = { AWS_REGION: "eu-west-1", STREAM_NAME: "changes", FAILURE_BUCKET: "failures" };

describe("the fan-in's environment", () => {
  it("is read, with the stream's default of 1 MiB a record", () => {
    assert.deepEqual(readEnvironment(GOOD), {
      region: "eu-west-1",
      streamName: "changes",
      bucket: "failures",
      maxRecordBytes: 1_048_576,
    });
  });

  it("may name a larger record", () => {
    assert.equal(readEnvironment({ ...GOOD, MAX_RECORD_BYTES: "10485760" }).maxRecordBytes, 10_485_760);
  });

  it("names all that is missing at once", () => {
    assert.throws(() => readEnvironment({ STREAM_NAME: "" }), {
      message:
        "the fan-in's environment is incomplete: AWS_REGION is not set; STREAM_NAME is not set; FAILURE_BUCKET is not set; deploy the function with the FanIn component, which sets it",
    });
  });

  for (const value of ["1048575", "10485761", "1.5e6.", "2 MiB", "1048576.5"]) {
    it(`refuses a record size of ${value}`, () => {
      assert.throws(() => readEnvironment({ ...GOOD, MAX_RECORD_BYTES: value }), {
        message: new RegExp(
          `MAX_RECORD_BYTES is "${value}", allowed is a whole number from 1048576 to 10485760`,
        ),
      });
    });
  }
});
