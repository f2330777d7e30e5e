import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { type MiniStack, startMiniStack } from "../../sandbox/ministack";
import { StandIn } from "../../sandbox/standIn";
import { checkout } from "./loadScript";
import { temporaryFolder } from "./temporaryFolder";
import { tools } from "./tools";

/** MiniStack, the provider stand-ins, and stacks of the real engine attached to them. */
export class ProviderBench {
  private constructor(
    private readonly folder: string,
    private readonly ministack: MiniStack,
    private readonly provider: StandIn,
    readonly environment: Record<string, string>,
  ) {}

  /** @param others the endpoints of services that are elsewhere than in MiniStack, at whose address it looks */
  static async start(
    others: (ministack: string) => Promise<Record<string, string>> = async () => ({}),
  ): Promise<ProviderBench> {
    const folder = temporaryFolder();
    const ministack = await startMiniStack({
      executable: tools().ministack,
      stateDir: join(folder, "ministack"),
      keep: false,
    });
    const aws = {
      AWS_ENDPOINT_URL: ministack.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "sandbox",
      AWS_SECRET_ACCESS_KEY: "sandbox",
      ...(await others(ministack.endpoint)),
    };
    const stateDir = join(folder, "provider");
    mkdirSync(stateDir);
    const provider = await StandIn.start({
      name: "the provider stand-in",
      part: "provider",
      stateDir,
      logFile: join(stateDir, "provider.log"),
      env: aws,
      onRestart: () => undefined,
      onFailure: () => undefined,
    });
    return new ProviderBench(folder, ministack, provider, {
      ...aws,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "sandbox",
      PULUMI_HOME: join(folder, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: `aws:${provider.port("awsPort")},awsx:${provider.port("awsxPort")}`,
    });
  }

  /** The endpoint of MiniStack, for clients of the test's own. */
  get endpoint(): string {
    return this.ministack.endpoint;
  }

  /**
   * A new, empty stack.
   * @param bundled whether its program has functions, whose zips the engine reads by paths relative to the project
   */
  async stack(name: string, { bundled = false } = {}): Promise<BenchStack> {
    const workDir = join(this.folder, name);
    mkdirSync(workDir);
    if (bundled) symlinkSync(join(checkout, "dist"), join(workDir, "dist"));
    writeFileSync(join(workDir, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    const root = join(tools().pulumi, "..", "..");
    const stack = await LocalWorkspace.createStack(
      { stackName: "test", projectName: name, program: async () => undefined },
      {
        workDir,
        envVars: this.environment,
        pulumiCommand: await PulumiCommand.get({ root, skipVersionCheck: true }),
      },
    );
    return new BenchStack(stack, join(this.folder, ".pulumi", "stacks", name, "test.json"));
  }

  async stop(): Promise<void> {
    await this.provider.stop();
    await this.ministack.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What an update did: how many resources it treated in which way, and the stack's outputs. */
export interface Outcome {
  /** Without the stack itself, and without what stayed the same. */
  changes: Record<string, number>;
  outputs: Record<string, unknown>;
  /** What the engine printed. */
  text: string;
}

/** A stack whose program is given with each operation. */
export class BenchStack {
  constructor(
    private readonly stack: Stack,
    private readonly stateFile: string,
  ) {}

  async up(program: PulumiFn): Promise<Outcome> {
    const result = await this.stack.up({ program, showSecrets: false, suppressProgress: true });
    const outputs = Object.entries(result.outputs).map(([name, { value }]) => [name, value]);
    return {
      changes: changed(result.summary.resourceChanges),
      outputs: Object.fromEntries(outputs),
      text: result.stdout,
    };
  }

  async preview(program: PulumiFn): Promise<Outcome> {
    const result = await this.stack.preview({ program });
    return { changes: changed(result.changeSummary), outputs: {}, text: result.stdout };
  }

  async refresh(): Promise<Outcome> {
    const result = await this.stack.refresh({ showSecrets: false });
    return { changes: changed(result.summary.resourceChanges), outputs: {}, text: result.stdout };
  }

  async destroy(): Promise<Outcome> {
    const result = await this.stack.destroy({ showSecrets: false });
    return { changes: changed(result.summary.resourceChanges), outputs: {}, text: result.stdout };
  }

  /** The state as the backend keeps it: every resource by its type's last part and name, as `Table::orders`. */
  async resources(): Promise<Record<string, StateResource>> {
    const { checkpoint } = JSON.parse(await readFile(this.stateFile, "utf8")) as Checkpoint;
    const list = checkpoint.latest.resources ?? [];
    return Object.fromEntries(list.map((one) => [one.urn.split(":").slice(-3).join(":"), one]));
  }
}

/** A resource in the state, secrets encrypted. */
export interface StateResource {
  urn: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

interface Checkpoint {
  checkpoint: { latest: { resources?: StateResource[] } };
}

/** What the engine said of an operation that had to fail. */
export async function failureOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the operation did not fail");
}

function changed(summary: Record<string, number | undefined> | undefined): Record<string, number> {
  const kinds = Object.entries(summary ?? {}).filter(([kind, count]) => kind !== "same" && count);
  return Object.fromEntries(kinds) as Record<string, number>;
}
