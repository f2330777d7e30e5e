import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../../../sandbox/iam/roles";
import { PRIVILEGES, type Privileges, Usage } from "../../../../sandbox/iam/usage";
import { temporaryFolder } from "../../../helpers/temporaryFolder";

function role(Resource: string): Role {
  return {
    arn: "arn:aws:iam::000000000000:role/r",
    trust: {},
    policies: [
      {
        name: "own",
        policy: {
          Statement: [
            { Sid: "Write", Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource },
            { Effect: "Allow", Action: "logs:*", Resource: ["a", "b"] },
            { Sid: "No", Effect: "Deny", Action: "s3:DeleteObject", Resource },
          ],
        },
      },
    ],
    boundary: undefined,
    decisions: new Map(),
  };
}

describe("the record of privileges", () => {
  let folder: string;
  const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Privileges;

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("holds every action that a statement allows, and whether it was used", () => {
    const usage = new Usage(folder);
    usage.granted("r", role("bucket/*"));
    usage.used("r", [{ policy: "own", statement: "Write", action: "s3:PutObject" }]);
    usage.flush();
    assert.deepEqual(read(join(folder, PRIVILEGES)), {
      r: [
        { policy: "own", statement: "Write", action: "s3:PutObject", resources: ["bucket/*"], used: true },
        { policy: "own", statement: "Write", action: "s3:GetObject", resources: ["bucket/*"], used: false },
        { policy: "own", statement: "2", action: "logs:*", resources: ["a", "b"], used: false },
      ],
    });
  });

  it("goes on with what an earlier process kept, and takes changed resources", () => {
    const first = new Usage(folder);
    first.granted("r", role("one"));
    first.used("r", [{ policy: "own", statement: "Write", action: "s3:PutObject" }]);
    first.flush();
    const copy = join(folder, "copies", "x.json");
    const second = new Usage(folder, copy);
    second.granted("r", role("two"));
    second.flush();
    const [put, get] = read(copy).r ?? [];
    assert.deepEqual([put?.used, put?.resources, get?.used], [true, ["two"], false]);
    assert.deepEqual(read(copy), read(join(folder, PRIVILEGES)));
  });
});
