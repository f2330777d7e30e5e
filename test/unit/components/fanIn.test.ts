import assert from "node:assert/strict";
import { FanIn, type FanInArgs } from "../../../components/fanIn";
import { archiveOf, codeOf, runShipped } from "../../helpers/functionArchive";
import { failMocked, resolved, runMocked } from "../../helpers/mocks";
import { replicatedTable } from "../../helpers/pipelineArgs";
import { enterProjectFolder, type ProjectFolder } from "../../helpers/projectFolder";

const FUNCTION = "aws:lambda/function:Function";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

const ARGS: FanInArgs = {
  source: { name: "shop", engine: "postgres" },
  replicatedTables: [replicatedTable("orders"), replicatedTable("customers")],
  streamName: "changes",
  streamArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/changes",
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
};

const SOURCES =
  '{"name":"shop","engine":"postgres","tables":{"customers":{"schema":"public","table":"customers"},"orders":{"schema":"public","table":"orders"}}}';

/** The text of `__index.js` as Pulumi ships it for {@link ARGS}: the callback, what it captures, and Pulumi's frame. */
const GOLDEN = `function __f0() {
  return (function() {
    with({ sources: ${JSON.stringify(SOURCES)}, this: undefined, arguments: undefined }) {

return () => {
        // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
        const { createHandler } = require("./dist/lambda/fanIn.js");
        return createHandler(process.env, sources);
    };

    }
  }).apply(undefined, undefined).apply(this, arguments);
}

exports.handler = __f0();`;

describe("FanIn", () => {
  let project: ProjectFolder;

  beforeEach(() => {
    project = enterProjectFolder();
  });

  afterEach(() => {
    project.dispose();
  });

  it("makes an arm64 function with a role of its own, a log group with an end, and a failure bucket", async () => {
    const { result, recording } = await runMocked(
      () => new FanIn("fan-in", { ...ARGS, tags: { team: "data" } }),
    );
    const { inputs, parent } = recording.only(FUNCTION);
    assert.equal(parent, "fan-in");
    assert.deepEqual(
      {
        runtime: inputs.runtime,
        architectures: inputs.architectures,
        memorySize: inputs.memorySize,
        timeout: inputs.timeout,
        handler: inputs.handler,
        tags: inputs.tags,
        loggingConfig: inputs.loggingConfig,
        environment: inputs.environment,
        kmsKeyArn: inputs.kmsKeyArn,
      },
      {
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        memorySize: 512,
        timeout: 60,
        handler: "__index.handler",
        tags: { team: "data" },
        loggingConfig: { logFormat: "Text", logGroup: "fan-in-logs-physical" },
        environment: {
          variables: {
            STREAM_NAME: "changes",
            FAILURE_BUCKET: "fan-in-failures-physical",
            MAX_RECORD_BYTES: "1048576",
          },
        },
        kmsKeyArn: ARGS.kmsKeyArn,
      },
    );
    assert.equal(inputs.role, await resolved(result.nodes.role?.arn ?? ""));
    assert.equal(recording.only("aws:cloudwatch/logGroup:LogGroup").inputs.retentionInDays, 30);
    assert.equal(await resolved(result.failureBucketName), "fan-in-failures-physical");
    assert.deepEqual(recording.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), []);
  });

  it("ships the callback's few lines and nothing else of this program", async () => {
    const { recording } = await runMocked(() => new FanIn("fan-in", ARGS));
    assert.equal(codeOf(recording.only(FUNCTION)).trim(), GOLDEN);
  });

  it("ships its bundle and no package of package.json", async () => {
    const { recording } = await runMocked(() => new FanIn("fan-in", ARGS));
    const archive = archiveOf(recording.only(FUNCTION));
    assert.deepEqual(Object.keys(archive).sort(), [
      "__index.js",
      "dist/lambda/fanIn.js",
      "dist/lambda/onDemand/s3.js",
      "dist/lambda/onDemand/secretsManager.js",
    ]);
    assert.equal(archive["dist/lambda/fanIn.js"]?.path, "dist/lambda/fanIn.js");
  });

  it("runs: the shipped text, in a folder shaped like the zip, makes a handler out of the bundle", async () => {
    const { recording } = await runMocked(() => new FanIn("fan-in", ARGS));
    process.env.STREAM_NAME = "changes";
    try {
      assert.deepEqual(await runShipped(recording.only(FUNCTION), project.path, { Records: [] }), {
        stream: "changes",
        sources: SOURCES,
        event: { Records: [] },
      });
    } finally {
      delete process.env.STREAM_NAME;
    }
  });

  it("changes its text when there is a table more, and not when tables come in another order", async () => {
    const text = async (tables: string[]) => {
      const replicatedTables = tables.map((table) => replicatedTable(table));
      const { recording } = await runMocked(() => new FanIn("fan-in", { ...ARGS, replicatedTables }));
      return codeOf(recording.only(FUNCTION));
    };
    const two = await text(["a", "b"]);
    assert.equal(await text(["b", "a"]), two);
    assert.notEqual(await text(["a", "b", "c"]), two);
  });

  it("lets the role do what its policy says, before the function exists", async () => {
    const { recording } = await runMocked(() => new FanIn("fan-in", ARGS));
    const policy = recording.only(ROLE_POLICY);
    assert.equal(policy.inputs.role, recording.only(ROLE).inputs.name ?? "fan-in-physical");
    assert.match(String(policy.inputs.policy), /table\/orders\/stream/);
    assert.ok(recording.only(FUNCTION).dependencies.includes("RolePolicy fan-in"));
  });

  describe("with hashed columns", () => {
    const SECRET = "aws:secretsmanager/secret:Secret";
    const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
    const hashKey = "0123456789abcdef0123456789abcdef";
    const columns = { "public.orders": { mail: "hash" } } as const;

    it("keeps the key in a secret, which the function reads in one version, and nowhere else", async () => {
      const { result, recording } = await runMocked(
        () => new FanIn("fan-in", { ...ARGS, events: { columns, hashKey } }),
      );
      const secret = recording.only(SECRET);
      const version = recording.only(VERSION);
      assert.equal(secret.inputs.kmsKeyId, ARGS.kmsKeyArn);
      assert.equal(version.inputs.secretString, hashKey);
      assert.deepEqual(version.secrets, ["secretString"], "the state has it encrypted");
      for (const { inputs, name, type } of recording.resources.filter((one) => one !== version)) {
        assert.ok(!JSON.stringify(inputs).includes(hashKey), `${type} ${name} has the key in the clear`);
      }
      const { variables } = recording.only(FUNCTION).inputs.environment as {
        variables: Record<string, unknown>;
      };
      assert.ok(result.hashKey);
      assert.deepEqual(await resolved(result.hashKey), {
        secretArn: variables.HASH_KEY_SECRET,
        versionId: variables.HASH_KEY_VERSION,
      });
      const policy = JSON.parse(String(recording.only(ROLE_POLICY).inputs.policy));
      const read = policy.Statement.find(({ Sid }: { Sid: string }) => Sid === "ReadHashKey");
      assert.equal(read.Resource, variables.HASH_KEY_SECRET);
      const decrypt = policy.Statement.find(({ Sid }: { Sid: string }) => Sid === "HashKeySecretKey");
      assert.equal(decrypt.Resource, ARGS.kmsKeyArn);
    });

    it("reads a secret of the user's own and makes none", async () => {
      const hashSecret = { arn: "arn:aws:secretsmanager:eu-central-1:1:secret:theirs", versionId: "v1" };
      const { recording } = await runMocked(
        () => new FanIn("fan-in", { ...ARGS, events: { columns, hashSecret } }),
      );
      assert.deepEqual(recording.ofType(SECRET), []);
      const { variables } = recording.only(FUNCTION).inputs.environment as {
        variables: Record<string, unknown>;
      };
      assert.equal(variables.HASH_KEY_SECRET, hashSecret.arn);
      assert.equal(variables.HASH_KEY_VERSION, "v1");
      const policy = JSON.parse(String(recording.only(ROLE_POLICY).inputs.policy));
      const decrypt = policy.Statement.find(({ Sid }: { Sid: string }) => Sid === "HashKeySecretKey");
      assert.deepEqual(decrypt.Condition, {
        StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" },
      });
    });

    it("makes no secret where the key is set and nothing is hashed", async () => {
      const { result, recording } = await runMocked(
        () => new FanIn("fan-in", { ...ARGS, events: { columns: { "public.a": { b: "drop" } }, hashKey } }),
      );
      assert.deepEqual(recording.ofType(SECRET), []);
      assert.equal(result.hashKey, undefined);
    });
  });

  it("takes a role of the user's own and makes none", async () => {
    const roleArn = "arn:aws:iam::123456789012:role/theirs";
    const { result, recording } = await runMocked(() => new FanIn("fan-in", { ...ARGS, roleArn }));
    assert.deepEqual(recording.ofType(ROLE), []);
    assert.deepEqual(recording.ofType(ROLE_POLICY), []);
    assert.equal(recording.only(FUNCTION).inputs.role, roleArn);
    assert.deepEqual(result.access, []);
  });

  it("keeps failures private, encrypted, in versions, over TLS only, for ninety days", async () => {
    const { recording } = await runMocked(() => new FanIn("fan-in", ARGS));
    const s3 = (kind: string) => recording.only(`aws:s3/${kind}`).inputs;
    assert.deepEqual(s3("bucketPublicAccessBlock:BucketPublicAccessBlock"), {
      bucket: "fan-in-failures-id",
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(
      s3("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").rules,
      [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: ARGS.kmsKeyArn },
          bucketKeyEnabled: true,
        },
      ],
    );
    assert.deepEqual(s3("bucketVersioning:BucketVersioning").versioningConfiguration, { status: "Enabled" });
    const [rule] = s3("bucketLifecycleConfiguration:BucketLifecycleConfiguration").rules as {
      expiration: unknown;
    }[];
    assert.deepEqual(rule?.expiration, { days: 90 });
    const policy = JSON.parse(String(s3("bucketPolicy:BucketPolicy").policy));
    assert.equal(policy.Statement[0].Condition.Bool["aws:SecureTransport"], "false");
  });

  it("hands every transform to its child", async () => {
    const { recording } = await runMocked(
      () =>
        new FanIn("fan-in", {
          ...ARGS,
          transform: {
            function: { memorySize: 2048, loggingConfig: { logFormat: "JSON" } },
            role: { path: "/team/" },
            logGroup: { retentionInDays: 7 },
            failureBucket: { bucket: { bucketPrefix: "ours-" } },
          },
        }),
    );
    const { inputs } = recording.only(FUNCTION);
    assert.equal(inputs.memorySize, 2048);
    assert.deepEqual(inputs.loggingConfig, { logFormat: "JSON", logGroup: "fan-in-logs-physical" });
    assert.equal(recording.only(ROLE).inputs.path, "/team/");
    assert.equal(recording.only("aws:cloudwatch/logGroup:LogGroup").inputs.retentionInDays, 7);
    assert.equal(recording.only("aws:s3/bucket:Bucket").inputs.bucketPrefix, "ours-");
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () => new FanIn("fan-in", { ...ARGS, memoryMib: 64, timeoutSeconds: 1000, logRetentionDays: 2 }),
    );
    assert.match(
      error.message,
      /^fan-in "fan-in" has 3 faults:\n {2}memoryMib: 64 .*\n {2}timeoutSeconds: 1000 /,
    );
    assert.deepEqual(recording.resources, []);
  });

  it("says how to make the bundle when it is missing", async () => {
    project.dispose();
    project = enterProjectFolder(false);
    const { error } = await failMocked(() => new FanIn("fan-in", ARGS));
    assert.match(error.message, /dist\/lambda\/fanIn\.js is missing; make it with: npm run build/);
  });
});
