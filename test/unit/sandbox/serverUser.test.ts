import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isReachable, pickServerUser } from "../../../sandbox/database/serverUser";
import { temporaryFolder } from "../../helpers/temporaryFolder";

const ROOT = "root:x:0:0:root:/root:/bin/bash";
const NOBODY = "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin";

describe("pickServerUser", () => {
  it("takes the user that PostgreSQL's package made", () => {
    const postgres = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
    assert.deepEqual(pickServerUser([ROOT, NOBODY, postgres, ""].join("\n")), {
      name: "postgres",
      uid: 101,
      gid: 104,
    });
  });

  it("makes do with nobody", () => {
    assert.equal(pickServerUser([ROOT, NOBODY].join("\n"))?.name, "nobody");
  });

  it("takes macOS's negative ids as the unsigned ones that they are", () => {
    assert.deepEqual(pickServerUser("nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false"), {
      name: "nobody",
      uid: 4_294_967_294,
      gid: 4_294_967_294,
    });
  });

  it("never takes root, whatever its name", () => {
    assert.equal(pickServerUser("postgres:x:0:0::/:/bin/sh"), undefined);
  });
});

describe("isReachable", () => {
  it("needs search permission for others on every folder on the way", () => {
    const folder = temporaryFolder();
    const inner = join(folder, "a", "b");
    mkdirSync(inner, { recursive: true });
    try {
      assert.equal(isReachable(inner), true);
      chmodSync(join(folder, "a"), 0o700);
      assert.equal(isReachable(inner), false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
