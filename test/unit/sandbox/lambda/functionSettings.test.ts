import assert from "node:assert/strict";
import { ApiError } from "../../../../sandbox/lambda/apiError";
import { functionName } from "../../../../sandbox/lambda/arns";
import { readFunctionSettings } from "../../../../sandbox/lambda/functionSettings";

function refused(code: string, message: RegExp, act: () => unknown): void {
  assert.throws(
    act,
    (error) => error instanceof ApiError && error.code === code && message.test(error.message),
  );
}

describe("readFunctionSettings", () => {
  it("refuses variables that Lambda sets itself", () => {
    refused("InvalidParameterValueException", /Reserved keys used in this request: AWS_REGION/, () =>
      readFunctionSettings({ Environment: { Variables: { AWS_REGION: "x", STREAM_NAME: "y" } } }, "f"),
    );
  });

  it("refuses more than 4 KB of variables", () => {
    refused("InvalidParameterValueException", /exceeded the 4KB limit/, () =>
      readFunctionSettings({ Environment: { Variables: { BIG: "x".repeat(4096) } } }, "f"),
    );
  });

  it("holds time and memory to Lambda's limits", () => {
    refused("ValidationException", /^2 validation errors detected: .*timeout.*memorySize/, () =>
      readFunctionSettings({ Timeout: 901, MemorySize: 64 }, "f"),
    );
  });

  it("refuses what it cannot run, with the reason", () => {
    refused("InvalidParameterValueException", /Value python3.12 at 'runtime'/, () =>
      readFunctionSettings({ Runtime: "python3.12" }, "f"),
    );
    refused("InvalidParameterValueException", /no layers/, () =>
      readFunctionSettings({ Layers: ["arn"] }, "f"),
    );
    refused("InvalidParameterValueException", /container images/, () =>
      readFunctionSettings({ PackageType: "Image" }, "f"),
    );
  });
});

describe("functionName", () => {
  it("finds the name in every form that the API takes", () => {
    for (const form of [
      "fan-in",
      "fan-in:$LATEST",
      "function:fan-in",
      "000000000000:function:fan-in",
      "arn:aws:lambda:us-east-1:000000000000:function:fan-in",
      "arn:aws:lambda:us-east-1:000000000000:function:fan-in:$LATEST",
    ]) {
      assert.equal(functionName(form), "fan-in", form);
    }
  });

  it("does not find versions, which the sandbox does not have, nor names that are none", () => {
    refused("ResourceNotFoundException", /Function not found/, () => functionName("fan-in:7"));
    refused("ValidationException", /functionName/, () => functionName("fan in"));
  });
});
