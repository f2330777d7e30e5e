import assert from "node:assert/strict";
import { awsEnvironment, type SandboxEndpoints, sandboxEnvironment } from "../../../sandbox/environment";

const PULUMI = {
  backend: "/s/state",
  passphrase: "p",
  home: "/s/home",
  configFile: "/s/Pulumi.sandbox.yaml",
};

function endpoints(changes: Partial<SandboxEndpoints> = {}): SandboxEndpoints {
  return {
    aws: "http://127.0.0.1:1001",
    dms: "http://127.0.0.1:1002",
    lambda: "http://127.0.0.1:1003",
    awsProviderPort: 1004,
    awsxProviderPort: 1005,
    ...changes,
  };
}

describe("sandboxEnvironment", () => {
  it("leads AWS clients, the engine and the driver to the sandbox", () => {
    assert.deepEqual(sandboxEnvironment(endpoints(), PULUMI), {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1001",
      AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE: "http://127.0.0.1:1002",
      AWS_ENDPOINT_URL_LAMBDA: "http://127.0.0.1:1003",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "sandbox",
      AWS_SECRET_ACCESS_KEY: "sandbox",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
      PULUMI_BACKEND_URL: "file:///s/state?metadata=skip",
      PULUMI_CONFIG_PASSPHRASE: "p",
      PULUMI_HOME: "/s/home",
      PULUMI_OPTION_CONFIG_FILE: "/s/Pulumi.sandbox.yaml",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: "aws:1004,awsx:1005",
    });
  });

  for (const [part, name] of [
    ["aws", "AWS_ENDPOINT_URL"],
    ["dms", "AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE"],
    ["lambda", "AWS_ENDPOINT_URL_LAMBDA"],
  ] as const) {
    for (const elsewhere of [
      "https://dms.us-east-1.amazonaws.com",
      "http://10.0.0.7:4566",
      "http://127.0.0.1.example.com",
      "http://user@evil.example.com",
      "nonsense",
    ]) {
      it(`refuses ${elsewhere} as the endpoint of ${part}`, () => {
        assert.throws(() => sandboxEnvironment(endpoints({ [part]: elsewhere }), PULUMI), {
          message: `${name} is "${elsewhere}", which is not on this machine; the sandbox uses 127.0.0.1 only`,
        });
      });
    }
  }

  it("holds nothing of the surrounding process's environment", () => {
    process.env.AWS_PROFILE = "production";
    try {
      assert.ok(!("AWS_PROFILE" in awsEnvironment("http://127.0.0.1:1")));
    } finally {
      delete process.env.AWS_PROFILE;
    }
  });
});
