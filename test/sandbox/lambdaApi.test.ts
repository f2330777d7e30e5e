import assert from "node:assert/strict";
import { request } from "node:http";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { eventually, LambdaBench, zip } from "../helpers/lambdaBench";

const ROLE = "arn:aws:iam::000000000000:role/test";

function named(name: string, message?: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, name, error.message);
    assert.match(error.message, message ?? /./);
    return true;
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the Lambda API of the sandbox", function () {
  this.timeout(60_000);
  const bench = new LambdaBench();

  before(() => bench.start());
  after(() => bench.stop());

  /** Deploys code as index.js and invokes it. */
  async function run(name: string, code: string, event: unknown = {}, timeout = 10) {
    await bench.createFunction(name, { "index.js": code }, timeout);
    return invokeAgain(name, event);
  }

  async function invokeAgain(name: string, event: unknown = {}) {
    const result = await bench.lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), LogType: "Tail" }),
    );
    return {
      status: result.StatusCode,
      error: result.FunctionError,
      payload: JSON.parse(result.Payload?.transformToString() || "null"),
      log: Buffer.from(result.LogResult ?? "", "base64").toString("utf8"),
    };
  }

  async function updated(name: string): Promise<void> {
    await waitUntilFunctionUpdatedV2(
      { client: bench.lambda, maxWaitTime: 10, minDelay: 1, maxDelay: 1 },
      { FunctionName: name },
    );
  }

  describe("functions", () => {
    it("are created pending, then active, with AWS's defaults", async () => {
      const created = await bench.lambda.send(
        new CreateFunctionCommand({
          FunctionName: "defaults",
          Role: ROLE,
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Code: { ZipFile: zip({ "index.js": "exports.handler = async () => 1;" }) },
          Architectures: ["arm64"],
          Tags: { team: "data" },
        }),
      );
      assert.equal(created.State, "Pending");
      const { Configuration, Tags, Code } = await eventually("the function is active", async () => {
        const found = await bench.lambda.send(new GetFunctionCommand({ FunctionName: created.FunctionArn }));
        return found.Configuration?.State === "Active" ? found : undefined;
      });
      assert.deepEqual(
        [
          Configuration?.Timeout,
          Configuration?.MemorySize,
          Configuration?.Architectures,
          Configuration?.Version,
        ],
        [3, 128, ["arm64"], "$LATEST"],
      );
      assert.equal(Configuration?.LoggingConfig?.LogGroup, "/aws/lambda/defaults");
      assert.deepEqual(Tags, { team: "data" });
      const download = await fetch(Code?.Location ?? "");
      assert.equal((await download.arrayBuffer()).byteLength, Configuration?.CodeSize);
    });

    it("run what UpdateFunctionCode and UpdateFunctionConfiguration last put there", async () => {
      assert.equal(
        (await run("changing", "exports.handler = async () => process.env.WORD ?? 'first';")).payload,
        "first",
      );
      await bench.lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: "changing",
          ZipFile: zip({ "index.js": "exports.handler = async () => 'second ' + process.env.WORD;" }),
        }),
      );
      await updated("changing");
      await bench.lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: "changing",
          Environment: { Variables: { WORD: "set" } },
          Timeout: 7,
        }),
      );
      await updated("changing");
      assert.equal((await invokeAgain("changing")).payload, "second set");
      const { Timeout, Handler } = await bench.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: "changing" }),
      );
      assert.deepEqual([Timeout, Handler], [7, "index.handler"]);
    });

    it("are refused and not found as on AWS", async () => {
      await bench.createFunction("twice");
      const input = {
        FunctionName: "twice",
        Role: ROLE,
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Code: { ZipFile: zip({ "index.js": "" }) },
      } as const;
      await assert.rejects(
        bench.lambda.send(new CreateFunctionCommand(input)),
        named("ResourceConflictException", /Function already exist: twice/),
      );
      await assert.rejects(
        bench.lambda.send(
          new CreateFunctionCommand({
            ...input,
            FunctionName: "broken",
            Code: { ZipFile: Buffer.from("no zip") },
          }),
        ),
        named("InvalidParameterValueException", /Could not unzip uploaded file/),
      );
      await assert.rejects(
        bench.lambda.send(new GetFunctionCommand({ FunctionName: "nobody" })),
        named(
          "ResourceNotFoundException",
          /Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody/,
        ),
      );
      await assert.rejects(
        bench.lambda.send(new InvokeCommand({ FunctionName: "broken" })),
        named("ResourceNotFoundException"),
      );
    });

    it("are listed, tagged and deleted", async () => {
      await bench.createFunction("short-lived");
      const { Functions = [] } = await bench.lambda.send(new ListFunctionsCommand({}));
      const arn = Functions.find((one) => one.FunctionName === "short-lived")?.FunctionArn ?? "";
      await bench.lambda.send(new TagResourceCommand({ Resource: arn, Tags: { a: "1", b: "2" } }));
      await bench.lambda.send(new UntagResourceCommand({ Resource: arn, TagKeys: ["a"] }));
      assert.deepEqual((await bench.lambda.send(new ListTagsCommand({ Resource: arn }))).Tags, { b: "2" });
      await bench.lambda.send(new DeleteFunctionCommand({ FunctionName: arn }));
      await assert.rejects(
        bench.lambda.send(new GetFunctionCommand({ FunctionName: arn })),
        named("ResourceNotFoundException"),
      );
    });
  });

  describe("Invoke", () => {
    it("gives the handler its event, its context and an environment of its own", async () => {
      const { payload } = await run(
        "curious",
        `exports.handler = async (event, context) => ({
          event, cwd: process.cwd() === process.env.LAMBDA_TASK_ROOT, variables: Object.keys(process.env),
          region: process.env.AWS_REGION, endpoint: process.env.AWS_ENDPOINT_URL, key: process.env.AWS_ACCESS_KEY_ID,
          name: context.functionName, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(),
        });`,
        { n: 1 },
      );
      assert.deepEqual(payload.event, { n: 1 });
      assert.equal(payload.cwd, true);
      assert.ok(!payload.variables.includes("SECRET_OF_THE_PARENT"));
      assert.ok(!payload.variables.includes("HOME"));
      assert.deepEqual([payload.region, payload.endpoint], ["us-east-1", bench.endpoint]);
      assert.match(payload.key, /^ASIA/, "the temporary key of its role");
      assert.equal(payload.name, "curious");
      assert.equal(payload.arn, "arn:aws:lambda:us-east-1:000000000000:function:curious");
      assert.ok(payload.left > 5_000 && payload.left <= 10_000, String(payload.left));
    });

    it("runs handlers that call back, and ECMAScript modules", async () => {
      const code =
        "exports.handler = (event, context, callback) => setImmediate(() => callback(null, event.n + 1));";
      assert.equal((await run("calls-back", code, { n: 1 })).payload, 2);
      await bench.createFunction("module", { "index.mjs": "export const handler = async () => 'module';" });
      assert.equal((await invokeAgain("module")).payload, "module");
    });

    it("answers an error of the handler as a result, and logs it", async () => {
      const { status, error, payload, log } = await run(
        "fails",
        "exports.handler = async () => { console.log('before'); throw new TypeError('wrong'); };",
      );
      assert.deepEqual([status, error], [200, "Unhandled"]);
      assert.deepEqual([payload.errorType, payload.errorMessage], ["TypeError", "wrong"]);
      assert.match(log, /START RequestId: (\S+) [\s\S]*\t\1\tINFO\tbefore\n[\s\S]*\t\1\tERROR\tInvoke Error/);
      await eventually("the log has a report", () =>
        /REPORT RequestId: \S+\tDuration: /.test(bench.functionLog("fails")) ? true : undefined,
      );
    });

    it("ends a function that takes too long, and starts a new process for the next event", async () => {
      const code = "exports.handler = async (event) => event.wait ? new Promise(() => {}) : process.pid;";
      const { error, payload } = await run("slow", code, { wait: true }, 1);
      assert.equal(error, "Unhandled");
      assert.match(payload.errorMessage, /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/);
      assert.equal(payload.errorType, "Sandbox.Timedout");
      assert.equal(typeof (await invokeAgain("slow")).payload, "number");
    });

    it("takes a process that dies, or does not come up, for an error of the function", async () => {
      const died = await run("dies", "exports.handler = async () => process.exit(7);");
      assert.deepEqual(died.payload.errorType, "Runtime.ExitError");
      assert.match(died.payload.errorMessage, /Runtime exited with error: exit status 7/);
      const broken = await run("broken-init", "throw new RangeError('at the start');");
      assert.deepEqual([broken.error, broken.payload.errorType], ["Unhandled", "RangeError"]);
      const missing = await run("no-handler", "exports.other = 1;");
      assert.equal(missing.payload.errorType, "Runtime.HandlerNotFound");
      const stray = await run(
        "stray",
        "exports.handler = () => new Promise(() => Promise.reject(new Error('stray')));",
      );
      assert.equal(stray.payload.errorType, "Runtime.UnhandledPromiseRejection");
    });

    it("outlives an error that comes after the answer", async () => {
      const code = `exports.handler = async () => {
        setTimeout(() => Promise.reject(new Error("late")), 20);
        return process.pid;
      };`;
      const first = (await run("late", code)).payload;
      await eventually("the process is gone", () => (isAlive(first) ? undefined : true));
      assert.notEqual((await invokeAgain("late")).payload, first);
    });

    it("uses a warm process again, and several at once", async () => {
      const code = `exports.handler = async ({ wait }) => {
        await new Promise((resolve) => setTimeout(resolve, wait));
        return process.pid;
      };`;
      const first = (await run("warm", code, { wait: 0 })).payload;
      assert.equal((await invokeAgain("warm", { wait: 0 })).payload, first);
      const both = await Promise.all([
        invokeAgain("warm", { wait: 300 }),
        invokeAgain("warm", { wait: 300 }),
      ]);
      assert.ok(both.some(({ payload }) => payload === first));
      assert.deepEqual(
        both.map(({ payload }) => typeof payload),
        ["number", "number"],
      );
      assert.notEqual(both[0].payload, both[1].payload);
      for (let n = 0; n < 50; n++) {
        assert.equal(typeof (await invokeAgain("warm", { wait: 0 })).payload, "number");
      }
    });

    it("keeps to a function's reserved concurrency", async () => {
      await bench.createFunction("stopped");
      const FunctionName = "stopped";
      await bench.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }),
      );
      await assert.rejects(
        bench.lambda.send(new InvokeCommand({ FunctionName })),
        named("TooManyRequestsException", /Rate Exceeded/),
      );
      const limit = await bench.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
      assert.equal(limit.ReservedConcurrentExecutions, 0);
      await bench.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
      assert.equal((await bench.lambda.send(new InvokeCommand({ FunctionName }))).StatusCode, 200);
    });

    it("does not wait for an Event, and does not run a DryRun", async () => {
      await bench.createFunction("later");
      bench.clear();
      const dry = await bench.lambda.send(
        new InvokeCommand({ FunctionName: "later", InvocationType: "DryRun" }),
      );
      assert.equal(dry.StatusCode, 204);
      assert.deepEqual(bench.invocations(), []);
      const event = await bench.lambda.send(
        new InvokeCommand({ FunctionName: "later", InvocationType: "Event" }),
      );
      assert.equal(event.StatusCode, 202);
      await eventually("the event ran", () => (bench.invocations().length === 1 ? true : undefined));
    });
  });

  describe("event source mappings", () => {
    it("are created, read, changed, listed and deleted", async () => {
      const EventSourceArn = await bench.createTable("api-table");
      await bench.createFunction("mapped");
      const created = await bench.lambda.send(
        new CreateEventSourceMappingCommand({
          EventSourceArn,
          FunctionName: "mapped",
          StartingPosition: "TRIM_HORIZON",
          Tags: { team: "data" },
        }),
      );
      const UUID = created.UUID ?? "";
      assert.equal(created.State, "Creating");
      await bench.untilState(UUID, "Enabled");
      const read = await bench.lambda.send(new GetEventSourceMappingCommand({ UUID }));
      assert.deepEqual(
        [
          read.BatchSize,
          read.MaximumRetryAttempts,
          read.MaximumRecordAgeInSeconds,
          read.ParallelizationFactor,
        ],
        [100, -1, -1, 1],
      );
      assert.ok(read.LastModified instanceof Date);
      await assert.rejects(
        bench.lambda.send(
          new CreateEventSourceMappingCommand({
            EventSourceArn,
            FunctionName: "mapped",
            StartingPosition: "LATEST",
          }),
        ),
        named("ResourceConflictException", new RegExp(`already exists\\. .*${UUID}`)),
      );
      await bench.lambda.send(
        new UpdateEventSourceMappingCommand({ UUID, Enabled: false, BisectBatchOnFunctionError: true }),
      );
      await bench.untilState(UUID, "Disabled");
      for (const filter of [{ FunctionName: "mapped" }, { EventSourceArn }, {}]) {
        const listed = await bench.lambda.send(new ListEventSourceMappingsCommand(filter));
        assert.deepEqual(
          listed.EventSourceMappings?.map((one) => [one.UUID, one.BisectBatchOnFunctionError]),
          [[UUID, true]],
        );
      }
      const { Tags } = await bench.lambda.send(
        new ListTagsCommand({ Resource: created.EventSourceMappingArn }),
      );
      assert.deepEqual(Tags, { team: "data" });
      assert.equal(
        (await bench.lambda.send(new DeleteEventSourceMappingCommand({ UUID }))).State,
        "Deleting",
      );
      await eventually("the mapping is gone", async () => {
        const { EventSourceMappings } = await bench.lambda.send(new ListEventSourceMappingsCommand({}));
        return EventSourceMappings?.length === 0 ? true : undefined;
      });
    });

    it("are refused for what is not there", async () => {
      const EventSourceArn = await bench.createTable("another");
      await bench.createFunction("there");
      const create = (input: object) =>
        bench.lambda.send(
          new CreateEventSourceMappingCommand({
            EventSourceArn,
            FunctionName: "there",
            StartingPosition: "TRIM_HORIZON",
            ...input,
          }),
        );
      await assert.rejects(
        create({ FunctionName: "absent" }),
        named("InvalidParameterValueException", /Function does not exist/),
      );
      await assert.rejects(
        create({ EventSourceArn: EventSourceArn.replace("another", "nothing") }),
        named("InvalidParameterValueException", /Stream not found/),
      );
      await assert.rejects(
        create({ EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:queue" }),
        named("InvalidParameterValueException", /the sandbox reads DynamoDB streams and Kinesis streams/),
      );
      await assert.rejects(create({ BatchSize: 0 }), named("ValidationException", /'batchSize'/));
    });
  });

  it("pages its lists", async () => {
    for (const name of ["page-1", "page-2", "page-3"]) {
      await bench.createFunction(name);
    }
    const first = await bench.lambda.send(new ListFunctionsCommand({ MaxItems: 2 }));
    assert.equal(first.Functions?.length, 2);
    const second = await bench.lambda.send(
      new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }),
    );
    assert.notEqual(second.Functions?.[0]?.FunctionName, first.Functions?.[0]?.FunctionName);
  });

  it("answers an operation that it does not have as AWS answers one that does not exist", async () => {
    await assert.rejects(
      bench.lambda.send(new ListAliasesCommand({ FunctionName: "page-1" })),
      named("AccessDeniedException", /Unable to determine service\/operation name/),
    );
  });

  it("takes no request without a signature, such as one that a web page sends", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(
        `${bench.lambdaEndpoint}/2015-03-31/functions`,
        { method: "POST" },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      outgoing.on("error", reject);
      outgoing.end("{}");
    });
    assert.equal(status, 403);
  });
});
