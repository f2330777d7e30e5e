import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { accessKey, type RoleSession } from "../../../../sandbox/iam/caller";
import { Gateway, type GatewayParts } from "../../../../sandbox/iam/gateway";
import type { Resources } from "../../../../sandbox/iam/resources";
import type { Role, Roles } from "../../../../sandbox/iam/roles";
import type { Usage } from "../../../../sandbox/iam/usage";

const SESSION: RoleSession = { role: "fan-in", session: "shop", service: "lambda.amazonaws.com" };
const STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/changes";

const authorization = (key: string, service: string) =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=x`;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the gateway", () => {
  /** What reached the AWS behind it, as method, path and body. */
  let passed: string[];
  let answer: { status: number; body: string };
  let aws: Server;
  let dms: Server;
  let server: Server;
  let parts: GatewayParts;
  let address: string;
  const used: string[] = [];

  const role: Role = {
    arn: "arn:aws:iam::000000000000:role/fan-in",
    trust: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
        },
      ],
    },
    policies: [
      {
        name: "own",
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Read",
              Effect: "Allow",
              Action: [
                "kinesis:GetShardIterator",
                "kinesis:GetRecords",
                "s3:GetObject",
                "dms:DescribeTableStatistics",
              ],
              Resource: "*",
            },
          ],
        },
      },
    ],
    boundary: undefined,
    decisions: new Map(),
  };

  before(async () => {
    aws = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      passed.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
      response.writeHead(answer.status, { "x-from": "aws" });
      response.end(answer.body);
    });
    dms = createServer((_request, response) => response.end("DMS's answer"));
    const standIn = new URL(await listen(dms));
    parts = {
      aws: new URL(await listen(aws)),
      standIn: () => standIn,
      roles: { find: async (name: string) => (name === "fan-in" ? role : undefined) } as unknown as Roles,
      resources: {
        stream: async () => ({}),
        bucket: async () => ({}),
        keyUse: async () => [],
      } as unknown as Resources,
      usage: {
        used: (_: string, grants: { action: string }[]) => used.push(...grants.map((g) => g.action)),
      } as unknown as Usage,
    };
    server = new Gateway(parts).createServer();
    address = await listen(server);
  });

  beforeEach(() => {
    passed = [];
    answer = { status: 200, body: "{}" };
  });

  after(() => {
    for (const one of [server, aws, dms]) {
      one.closeAllConnections();
      one.close();
    }
  });

  function json(target: string, input: object, key = accessKey(SESSION)): Promise<Response> {
    return fetch(address, {
      method: "POST",
      headers: {
        "x-amz-target": target,
        "content-type": "application/x-amz-json-1.1",
        authorization: authorization(key, "kinesis"),
      },
      body: JSON.stringify(input),
    });
  }

  it("passes on what the role is allowed, and brings back the answer as it is", async () => {
    answer = { status: 418, body: "an answer" };
    const input = { StreamARN: STREAM, ShardId: "1" };
    const response = await json("Kinesis_20131202.GetShardIterator", input);
    assert.deepEqual(
      [response.status, response.headers.get("x-from"), await response.text()],
      [418, "aws", "an answer"],
    );
    assert.deepEqual(passed, [`POST / ${JSON.stringify(input)}`]);
    assert.ok(used.includes("kinesis:GetShardIterator"));
  });

  it("answers what it is not allowed in AWS's words, and passes nothing on", async () => {
    const response = await json("Kinesis_20131202.PutRecords", { StreamName: "changes", Records: [] });
    assert.equal(response.status, 400);
    assert.deepEqual(await response.json(), {
      __type: "AccessDeniedException",
      message: `User: arn:aws:sts::000000000000:assumed-role/fan-in/shop is not authorized to perform: kinesis:PutRecords on resource: ${STREAM} because no identity-based policy allows the kinesis:PutRecords action`,
    });
    assert.deepEqual(passed, []);
  });

  it("answers S3's denial as S3 does", async () => {
    const response = await fetch(`${address}/failures/a`, {
      method: "PUT",
      headers: { authorization: authorization(accessKey(SESSION), "s3") },
      body: "x",
    });
    assert.equal(response.status, 403);
    assert.match(
      await response.text(),
      /<Error><Code>AccessDenied<\/Code><Message>User: .* s3:PutObject on resource/,
    );
  });

  it("denies an operation that it does not know, whatever the role may do", async () => {
    const response = await json("Kinesis_20131202.MergeShards", { StreamARN: STREAM });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /does not know which permissions kinesis MergeShards needs/);
    assert.deepEqual(passed, []);
  });

  it("has no answer for those who act in no role", async () => {
    for (const key of ["sandbox", "ASIAnonsense"]) {
      const response = await json("Kinesis_20131202.PutRecords", { StreamName: "changes" }, key);
      assert.match(await response.text(), /UnrecognizedClientException.*security token .* is invalid/);
    }
    assert.equal((await fetch(address)).status, 400);
    assert.deepEqual(passed, []);
  });

  it("denies everything to a role that is gone", async () => {
    const key = accessKey({ ...SESSION, role: "gone" });
    const response = await json("Kinesis_20131202.PutRecords", { StreamName: "changes" }, key);
    assert.match(
      await response.text(),
      /assumed-role\/gone\/shop is not authorized .* the role does not exist/,
    );
  });

  it("knows whose an iterator is by the answers in which it came", async () => {
    answer = { status: 200, body: JSON.stringify({ ShardIterator: "first" }) };
    await json("Kinesis_20131202.GetShardIterator", { StreamARN: STREAM, ShardId: "1" });
    answer = { status: 200, body: JSON.stringify({ Records: [], NextShardIterator: "second" }) };
    assert.equal((await json("Kinesis_20131202.GetRecords", { ShardIterator: "first" })).status, 200);
    assert.equal((await json("Kinesis_20131202.GetRecords", { ShardIterator: "second" })).status, 200);
    const unknown = await json("Kinesis_20131202.GetRecords", { ShardIterator: "made up" });
    assert.match(await unknown.text(), /ExpiredIteratorException/);
  });

  it("passes on to a stand-in what MiniStack does not have", async () => {
    const asked = (operation: string) =>
      json(`AmazonDMSv20160101.${operation}`, {
        ReplicationTaskArn: "arn:aws:dms:us-east-1:000000000000:task:6OTDRLEMNHXRR6XCUVJTBSV7JB",
      });
    assert.equal(await (await asked("DescribeTableStatistics")).text(), "DMS's answer");
    assert.match(await (await asked("DescribeReplicationTasks")).text(), /is not authorized to perform/);
    assert.match(await (await asked("StopReplicationTask")).text(), /does not know which permissions/);
    assert.deepEqual(passed, []);
  });

  it("breaks the connection off where AWS does", async () => {
    const closed = createServer();
    const nowhere = new URL(await listen(closed));
    await new Promise((resolve) => closed.close(resolve));
    const other = new Gateway({ ...parts, aws: nowhere }).createServer();
    const there = await listen(other);
    const headers = { authorization: authorization(accessKey(SESSION), "s3") };
    await assert.rejects(fetch(`${there}/failures/a`, { headers }), /fetch failed/);
    other.close();
  });

  describe("AssumeRole", () => {
    function assume(service: string, RoleArn = role.arn, account = "000000000000"): Promise<Response> {
      return fetch(address, {
        method: "POST",
        headers: {
          authorization: authorization(service, "sts"),
          "content-type": "application/x-www-form-urlencoded",
          "x-amz-source-account": account,
        },
        body: new URLSearchParams({ Action: "AssumeRole", RoleArn, RoleSessionName: "shop" }),
      });
    }

    it("gives a service that the role trusts a key that says whose it is", async () => {
      const response = await assume("lambda.amazonaws.com");
      assert.equal(response.status, 200);
      assert.ok((await response.text()).includes(`<AccessKeyId>${accessKey(SESSION)}</AccessKeyId>`));
    });

    const refused: [why: string, asked: Parameters<typeof assume>][] = [
      ["another service", ["dms.amazonaws.com"]],
      ["another account's sake", ["lambda.amazonaws.com", role.arn, "111111111111"]],
      ["a role that is not there", ["lambda.amazonaws.com", "arn:aws:iam::000000000000:role/none"]],
      ["a role of another account", ["lambda.amazonaws.com", "arn:aws:iam::111111111111:role/fan-in"]],
    ];
    for (const [why, asked] of refused) {
      it(`refuses ${why}`, async () => {
        const response = await assume(...asked);
        assert.equal(response.status, 403);
        assert.match(
          await response.text(),
          /<Code>AccessDenied<\/Code>.*not authorized to perform: sts:AssumeRole/,
        );
      });
    }
  });
});
