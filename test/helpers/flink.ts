import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Suite } from "mocha";
import type { Job } from "../../components/consumers/analytics/sql";
import { ROOT, tools } from "./tools";

/** Packages that Flink reaches into, which a JDK from 16 on has closed (Flink's own config.yaml opens them likewise). */
const OPENED = ["java.lang", "java.net", "java.io", "java.nio", "java.text", "java.time", "java.util"];

/** A Flink that runs jobs one after the other, and what it has said. */
export interface RunningFlink {
  /** The lines of its standard output so far. */
  lines(): string[];
  /** Whether it has ended. */
  ended(): boolean;
  /** What it said of what went wrong. */
  errors(): string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts a real Flink with these jobs. For use in {@link describeOnFlink}. */
export function startFlink(jobs: readonly Job[], folder: string): RunningFlink {
  const { flink } = tools();
  if (flink === null) throw new Error("this machine has no Flink: use describeOnFlink");
  const files = jobs.map((job, index) => {
    const file = join(folder, `job-${index}.json`);
    writeFileSync(file, JSON.stringify(job));
    return file;
  });
  writeFileSync(join(folder, "config.yaml"), "");
  writeFileSync(
    join(folder, "log4j.properties"),
    "rootLogger.level=ERROR\nrootLogger.appenderRef.e.ref=e\nappender.e.name=e\nappender.e.type=CONSOLE\nappender.e.target=SYSTEM_ERR\nappender.e.layout.type=PatternLayout\n",
  );
  const child = spawn(
    flink.java,
    [
      "-Xmx1g",
      // It lives for seconds: what compiles longest pays for itself later.
      "-XX:TieredStopAtLevel=1",
      `-Dlog4j.configurationFile=${join(folder, "log4j.properties")}`,
      `-Djava.io.tmpdir=${folder}`,
      ...OPENED.flatMap((name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`]),
      "--class-path",
      join(flink.libraries, "lib", "*"),
      join(ROOT, "test", "helpers", "RunFlink.java"),
      ...files,
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, FLINK_CONF_DIR: folder } },
  );
  return watch(child);
}

function watch(child: ChildProcess): RunningFlink {
  let output = "";
  let errors = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const end = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    lines: () => output.split("\n").slice(0, -1),
    ended: () => child.exitCode !== null || child.signalCode !== null,
    errors: () => errors,
    stop: async () => {
      child.kill("SIGKILL");
      await end;
    },
  };
}

/** Tests that need a real Flink: skipped, and said to be, where set-up could have none. */
export function describeOnFlink(title: string, define: (this: Suite) => void): void {
  if (tools().flink) describe(title, define);
  else
    describe.skip(`${title} (skipped: this machine has no Flink or no JDK; \`npm test\` says why)`, define);
}
