import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface InstallDebeziumModule {
  fetchDebezium(
    folder: string,
    progress: object,
    options: {
      release: { version: string; sha256: string };
      repository: string | undefined;
      maven: string | undefined;
    },
  ): Promise<void>;
}

const VERSION = "9.8.7.Final";
const NAME = `debezium-server-dist-${VERSION}.tar.gz`;

describe("set-up: Debezium Server's release", () => {
  const progress = { doing() {} };
  let subject: InstallDebeziumModule;
  let folder: string;
  let target: string;
  let archive: Buffer;
  let server: Server;
  let repository: string;

  before(async () => {
    subject = await loadScript<InstallDebeziumModule>("setup/installDebezium.mjs");
  });
  beforeEach(async () => {
    folder = temporaryFolder();
    target = path.join(folder, "target");
    mkdirSync(target);
    mkdirSync(path.join(folder, "debezium-server", "lib"), { recursive: true });
    writeFileSync(path.join(folder, "debezium-server", "debezium-server-runner.jar"), "jar");
    execFileSync("tar", ["-czf", path.join(folder, NAME), "-C", folder, "debezium-server"]);
    archive = readFileSync(path.join(folder, NAME));
    server = createServer((request, response) => {
      const there = request.url === `/maven2/io/debezium/debezium-server-dist/${VERSION}/${NAME}`;
      response.writeHead(there ? 200 : 404).end(there ? archive : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}/maven2/`;
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  function fetchRelease(more: { repository?: string; maven?: string; sha256?: string }): Promise<void> {
    const sha256 = more.sha256 ?? createHash("sha256").update(archive).digest("hex");
    const { repository = "", maven } = more;
    return subject.fetchDebezium(target, progress, {
      release: { version: VERSION, sha256 },
      repository,
      maven,
    });
  }

  function assertUnpacked(): void {
    assert.deepEqual(readdirSync(target).sort(), ["debezium-server-runner.jar", "lib"]);
  }

  it("unpacks what the given repository has", async () => {
    const called = path.join(folder, "called");
    const maven = fakeProgram(path.join(folder, "bin"), "mvn", `touch ${called}`);
    await fetchRelease({ repository, maven });
    assertUnpacked();
    assert.equal(existsSync(called), false);
  });

  it("has Maven fetch it by its own settings where no repository is given", async () => {
    const maven = fakeProgram(
      path.join(folder, "bin"),
      "mvn",
      `for word; do case "$word" in -DoutputDirectory=*) cp ${path.join(folder, NAME)} "\${word#*=}";; esac; done`,
    );
    await fetchRelease({ maven });
    assertUnpacked();
  });

  it("refuses an archive that is not the pinned one", async () => {
    await assert.rejects(fetchRelease({ repository, sha256: "0".repeat(64) }), /was damaged or replaced/);
  });

  it("says which address does not have it", async () => {
    await assert.rejects(
      fetchRelease({ repository: `${repository}elsewhere` }),
      (error: Error) => error.name === "Failure" && /elsewhere\/io\/debezium.*404/s.test(error.message),
    );
  });
});
