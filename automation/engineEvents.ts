import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { Changes, ResourceStep, RowstreamEvent } from "./events";

/** What went wrong in one run of the engine, in its own words. */
export interface EngineProblem {
  message: string;
  /** The name of the resource it is about, where it is about one. */
  resource?: string;
  /** True for a violation of a mandatory policy. */
  policy?: boolean;
}

const COLOUR_TAG = /<\{%[^%]*%\}>/g;
// What follows from another error, or closes every failed run, adds nothing to the errors before it.
const EMPTY_ERRORS = [
  /^(update|preview|refresh|destroy) failed$/i,
  /^one or more errors occurred\b/i,
  /\bresource monitor shut down\b/i,
];
// A CLI built from source finds the policy runner beside itself, and warns of it in every run.
const EMPTY_WARNING = /^using pulumi-analyzer-policy-\S+ from \$PATH\b/;
const QUIET_OPS = new Set(["same", "read", "read-discard", "refresh", "discard"]);

/**
 * Turns the engine's events into rowstream's, and keeps what the outcome of the run depends on. One instance
 * serves one run of the engine.
 */
export class EngineEventTranslator {
  /** Resources by operation; empty until the engine's summary. */
  changes: Changes = {};
  /** The stack's outputs, secrets masked; undefined until the program has given them. */
  outputs: Record<string, unknown> | undefined;
  /** Every step that changes a resource. */
  readonly steps: ResourceStep[] = [];
  /** True once the engine has said that it stops on request. */
  cancelling = false;
  private readonly errors: EngineProblem[] = [];

  constructor(private readonly planning: boolean) {}

  /** What went wrong, each thing once. */
  get problems(): EngineProblem[] {
    const kept: EngineProblem[] = [];
    for (const problem of this.errors) {
      const known = kept.some((other) => other.message.includes(problem.message));
      if (!known && !EMPTY_ERRORS.some((pattern) => pattern.test(problem.message))) {
        kept.push(problem);
      }
    }
    return kept.length > 0 ? kept : this.errors.slice(0, 1);
  }

  /** The rowstream events that one engine event stands for. */
  translate(event: EngineEvent): RowstreamEvent[] {
    if (event.resourcePreEvent) {
      return this.started(event.resourcePreEvent.metadata);
    }
    if (event.resOutputsEvent) {
      const { metadata } = event.resOutputsEvent;
      const step = toStep(metadata);
      if (step.type === "pulumi:pulumi:Stack") {
        this.outputs = metadata.new?.outputs;
      }
      return this.planning || QUIET_OPS.has(step.op) ? [] : [{ code: "ResourceFinished", step }];
    }
    if (event.resOpFailedEvent) {
      return [{ code: "ResourceFailed", step: toStep(event.resOpFailedEvent.metadata) }];
    }
    if (event.diagnosticEvent) {
      return this.diagnostic(event.diagnosticEvent);
    }
    if (event.policyEvent) {
      return this.policy(event.policyEvent);
    }
    if (event.stdoutEvent) {
      this.cancelling ||= event.stdoutEvent.message.includes("^C received");
    }
    if (event.summaryEvent) {
      this.changes = { ...event.summaryEvent.resourceChanges } as Changes;
    }
    return [];
  }

  private started(metadata: StepEventMetadata): RowstreamEvent[] {
    const step = toStep(metadata);
    if (QUIET_OPS.has(step.op)) {
      return [];
    }
    this.steps.push(step);
    return [{ code: this.planning ? "ResourcePlanned" : "ResourceStarted", step }];
  }

  private diagnostic(event: NonNullable<EngineEvent["diagnosticEvent"]>): RowstreamEvent[] {
    const message = plain(event.message);
    const about = event.urn ? { resource: nameOf(event.urn) } : {};
    switch (event.severity) {
      case "error":
        this.errors.push({ message, ...about });
        return [];
      case "warning":
        return message && !EMPTY_WARNING.test(message)
          ? [{ code: "EngineMessage", severity: "warning", message, ...about }]
          : [];
      case "info":
      case "info#err":
        return message && !event.ephemeral
          ? [{ code: "EngineMessage", severity: "info", message, ...about }]
          : [];
      default:
        return [];
    }
  }

  private policy(event: NonNullable<EngineEvent["policyEvent"]>): RowstreamEvent[] {
    const message = plain(event.message);
    const about = event.resourceUrn ? { resource: nameOf(event.resourceUrn) } : {};
    const policy = `${event.policyPackName}/${event.policyName}`;
    // The engine makes an advisory of a policy that could not run in a preview, a mandatory one too.
    if (message.startsWith("can't run policy")) {
      return [{ code: "PolicyNotChecked", policy, message, ...about }];
    }
    if (event.enforcementLevel === "mandatory") {
      this.errors.push({ message: `policy ${policy}: ${message}`, policy: true, ...about });
    }
    return [{ code: "PolicyViolated", level: event.enforcementLevel, policy, message, ...about }];
  }
}

/** True where an update changed anything, or a preview would. */
export function hasChanges(changes: Changes): boolean {
  return Object.entries(changes).some(([op, count]) => count > 0 && !QUIET_OPS.has(op));
}

function toStep(metadata: StepEventMetadata): ResourceStep {
  return {
    op: metadata.op,
    type: metadata.type,
    name: nameOf(metadata.urn),
    urn: metadata.urn,
    differs: metadata.diffs ?? [],
  };
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function plain(text: string): string {
  return text.replaceAll(COLOUR_TAG, "").trim();
}
