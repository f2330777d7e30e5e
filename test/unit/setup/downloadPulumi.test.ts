import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface Places {
  archives: string;
  checksums: string;
}

interface DownloadPulumiModule {
  downloadPulumi(folder: string, version: string, progress: object, places: Places): Promise<void>;
  archiveName(version: string, platform: string, arch: string): string;
  checksumOf(sums: string, name: string): string;
}

describe("set-up: Pulumi's release", () => {
  const progress = { doing() {} };
  let subject: DownloadPulumiModule;
  let folder: string;
  let server: Server;
  let files: Map<string, Buffer>;
  let places: Places;

  before(async () => {
    subject = await loadScript<DownloadPulumiModule>("setup/downloadPulumi.mjs");
  });
  beforeEach(async () => {
    folder = temporaryFolder();
    files = new Map();
    server = createServer((request, response) => {
      const file = files.get(request.url ?? "");
      response.writeHead(file ? 200 : 404).end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    places = { archives: `${base}/sdk`, checksums: `${base}/sums` };
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  /** A release as Pulumi makes them: an archive with one folder `pulumi`, and a list of checksums. */
  function release(version: string, answer = version): string {
    const source = path.join(folder, "release");
    fakeProgram(path.join(source, "pulumi"), "pulumi", `echo v${answer}`);
    const name = subject.archiveName(version, process.platform, process.arch);
    execFileSync("tar", ["-czf", path.join(folder, name), "-C", source, "pulumi"]);
    const archive = readFileSync(path.join(folder, name));
    const sum = createHash("sha256").update(archive).digest("hex");
    files.set(`/sdk/${name}`, archive);
    files.set(`/sums/v${version}/pulumi-${version}-checksums.txt`, Buffer.from(`${sum}  ${name}\n`));
    return name;
  }

  function emptyFolder(): string {
    const target = path.join(folder, "target");
    execFileSync("mkdir", ["-p", target]);
    return target;
  }

  it("is fetched, checked and unpacked, and nothing else is left", async () => {
    release("3.250.0");
    const target = emptyFolder();
    await subject.downloadPulumi(target, "3.250.0", progress, places);
    assert.deepEqual(readdirSync(target), ["bin"]);
    assert.ok(existsSync(path.join(target, "bin", "pulumi")));
  });

  it("is refused where the archive is not the one its checksum names, before anything of it runs", async () => {
    const name = release("3.250.0");
    files.set(`/sdk/${name}`, Buffer.from("something else"));
    const target = emptyFolder();
    await assert.rejects(subject.downloadPulumi(target, "3.250.0", progress, places), /damaged or replaced/);
    assert.ok(!existsSync(path.join(target, "bin")));
  });

  it("is refused where it does not run here", async () => {
    release("3.250.0", "0.0.1");
    const download = subject.downloadPulumi(emptyFolder(), "3.250.0", progress, places);
    await assert.rejects(download, /does not run here \(it answers 0\.0\.1\)/);
  });

  it("names the address that does not answer", async () => {
    const download = subject.downloadPulumi(emptyFolder(), "3.250.0", progress, places);
    await assert.rejects(download, /sums\/v3\.250\.0\/pulumi-3\.250\.0-checksums\.txt: .*404/);
  });

  it("has an archive for each platform that Pulumi releases, and for no other", () => {
    assert.equal(subject.archiveName("3.250.0", "darwin", "arm64"), "pulumi-v3.250.0-darwin-arm64.tar.gz");
    assert.throws(() => subject.archiveName("3.250.0", "freebsd", "x64"), /releases nothing for freebsd-x64/);
  });

  it("finds its checksum by the whole name", () => {
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    const sums = `${a}  other-pulumi-v1.tar.gz\n${b} *pulumi-v1.tar.gz\n`;
    assert.equal(subject.checksumOf(sums, "pulumi-v1.tar.gz"), b);
    assert.throws(() => subject.checksumOf(sums, "v1.tar.gz"), /do not name v1\.tar\.gz/);
  });
});
