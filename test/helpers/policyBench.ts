import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { ProviderBench } from "./providerBench";
import { temporaryFolder } from "./temporaryFolder";
import { tools } from "./tools";

/** The policy pack, in the checkout. */
export const PACK = join(__dirname, "..", "..", "..", "policy");

/** How a stack sets the policies: a level for each, or for `all`, and their settings. */
export type PolicySettings = Record<string, string | Record<string, unknown>>;

/** What the engine said of one run with the pack. */
export interface Verdict {
  /** Whether the run went through. */
  passed: boolean;
  /** What was violated, each as `level policy: message`, with no description. */
  violations: string[];
  /** What was mended, each as its policy and resource. */
  remediations: string[];
  /** What a preview could not check, each as its policy. */
  unchecked: string[];
  /** The engine's errors. */
  errors: string[];
}

/** Stacks of the real engine, with the pack on, over the provider stand-ins. */
export class PolicyBench {
  private constructor(
    private readonly folder: string,
    readonly provider: ProviderBench,
  ) {}

  static async start(): Promise<PolicyBench> {
    return new PolicyBench(temporaryFolder(), await ProviderBench.start());
  }

  /** A new, empty stack under a pack; settings as in a policy pack's configuration file. */
  async stack(name: string, settings: PolicySettings = {}, pack = PACK): Promise<PolicedStack> {
    const workDir = join(this.folder, name);
    mkdirSync(workDir);
    // The engine reads the fan-in's zip from here, by a path relative to the project.
    symlinkSync(join(PACK, "..", "dist"), join(workDir, "dist"));
    writeFileSync(join(workDir, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    const settingsFile = join(workDir, "policies.json");
    writeFileSync(settingsFile, JSON.stringify(settings));
    const root = join(tools().pulumi, "..", "..");
    const stack = await LocalWorkspace.createStack(
      { stackName: "test", projectName: name, program: async () => undefined },
      {
        workDir,
        envVars: this.provider.environment,
        pulumiCommand: await PulumiCommand.get({ root, skipVersionCheck: true }),
      },
    );
    return new PolicedStack(stack, settingsFile, pack);
  }

  async stop(): Promise<void> {
    await this.provider.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A stack whose program is given with each operation. */
export class PolicedStack {
  constructor(
    private readonly stack: Stack,
    private readonly settingsFile: string,
    private readonly pack: string,
  ) {}

  preview(program: PulumiFn): Promise<Verdict> {
    return this.run((options) => this.stack.preview({ ...options, program }));
  }

  up(program: PulumiFn): Promise<Verdict> {
    return this.run((options) => this.stack.up({ ...options, program, showSecrets: false }));
  }

  /** The inputs of the resource with that name, as the state has them. */
  async inputs(name: string): Promise<Record<string, unknown>> {
    const { deployment } = await this.stack.exportStack();
    const resources = (deployment.resources ?? []) as { urn: string; inputs: Record<string, unknown> }[];
    return resources.find(({ urn }) => urn.endsWith(`::${name}`))?.inputs ?? {};
  }

  private async run(
    operation: (options: {
      policyPacks: string[];
      policyPackConfigs: string[];
      onEvent: (event: EngineEvent) => void;
    }) => Promise<unknown>,
  ): Promise<Verdict> {
    const verdict: Verdict = { passed: true, violations: [], remediations: [], unchecked: [], errors: [] };
    try {
      await operation({
        policyPacks: [this.pack],
        policyPackConfigs: [this.settingsFile],
        onEvent: (event) => note(verdict, event),
      });
    } catch (error) {
      verdict.passed = false;
      if (verdict.violations.length === 0 && verdict.errors.length === 0) throw error;
    }
    return verdict;
  }
}

function note(verdict: Verdict, event: EngineEvent): void {
  const { policyEvent, diagnosticEvent } = event;
  const remediation = (event as { policyRemediationEvent?: { policyName: string; resourceUrn?: string } })
    .policyRemediationEvent;
  if (policyEvent) {
    const message = plain(policyEvent.message);
    if (message.startsWith("can't run policy")) verdict.unchecked.push(policyEvent.policyName);
    else {
      const finding = message.slice(message.lastIndexOf("\n") + 1);
      verdict.violations.push(`${policyEvent.enforcementLevel} ${policyEvent.policyName}: ${finding}`);
    }
  }
  if (remediation) {
    verdict.remediations.push(`${remediation.policyName} ${remediation.resourceUrn?.split("::").at(-1)}`);
  }
  if (diagnosticEvent?.severity === "error") verdict.errors.push(plain(diagnosticEvent.message));
}

function plain(text: string): string {
  return text.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
}
