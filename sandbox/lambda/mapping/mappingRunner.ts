import type { AwsHttp } from "../../awsHttp";
import { ApiError } from "../apiError";
import { functionName, parseArn } from "../arns";
import type { FunctionStore } from "../functionStore";
import { log, messageOf } from "../log";
import type { RoleSessions } from "../roleSessions";
import type { FunctionRuntime } from "../runtime/functionRuntime";
import type { Settings } from "../settings";
import { DynamodbSource } from "./dynamodbSource";
import { sendToDestination } from "./failureDestination";
import { compileFilters } from "./filter";
import { KinesisSource } from "./kinesisSource";
import type { MappingConfiguration, MappingRecord, MappingState } from "./mappingRecord";
import type { MappingStore } from "./mappingStore";
import { MappingWorker } from "./mappingWorker";
import type { MappableStream, Position, StreamSource } from "./streamSource";

/** What the runner works with. */
export interface RunnerParts {
  settings: Settings;
  aws: AwsHttp;
  sessions: RoleSessions;
  functions: FunctionStore;
  runtime: FunctionRuntime;
  mappings: MappingStore;
}

/** States in which a mapping takes no other change (Lambda API: ResourceInUseException). */
const IN_TRANSITION: ReadonlySet<MappingState> = new Set([
  "Creating",
  "Enabling",
  "Disabling",
  "Updating",
  "Deleting",
]);

/** Runs every enabled mapping, and takes mappings from one state to the next as the API asks. */
export class MappingRunner {
  private readonly workers = new Map<string, MappingWorker>();
  private readonly transitions = new Set<Promise<void>>();

  constructor(private readonly parts: RunnerParts) {}

  /** Goes on where the last run of this process was ended, however it was. */
  resume(): void {
    for (const record of this.parts.mappings.list()) {
      const { UUID, State } = record.configuration;
      if (State === "Deleting") {
        this.parts.mappings.delete(UUID);
      } else if (record.enabled) {
        this.change(record, State, "Enabled", () => this.begin(record));
      } else {
        this.save(record, { State: "Disabled" });
      }
    }
  }

  /** Begins a new mapping, which is in state Creating. */
  create(record: MappingRecord): void {
    this.change(record, "Creating", record.enabled ? "Enabled" : "Disabled", () => this.begin(record));
  }

  /** Puts new settings to work; the position on each shard is kept. @throws ApiError ResourceInUseException */
  update(record: MappingRecord, enabled: boolean, settings: Partial<MappingConfiguration>): void {
    this.refuseInTransition(record, "update");
    const during = enabled === record.enabled ? "Updating" : enabled ? "Enabling" : "Disabling";
    record.enabled = enabled;
    this.save(record, { ...settings, LastModified: Date.now() / 1000 });
    this.change(record, during, enabled ? "Enabled" : "Disabled", async () => {
      await this.end(record);
      await this.begin(record);
    });
  }

  /** Ends a mapping and forgets it. @throws ApiError ResourceInUseException */
  delete(record: MappingRecord): void {
    this.refuseInTransition(record, "delete");
    this.change(record, "Deleting", "Deleting", async () => {
      await this.end(record);
      this.parts.mappings.delete(record.configuration.UUID);
    });
  }

  /** Ends the work for every mapping; what is under way is waited for. */
  async stop(): Promise<void> {
    await Promise.all(this.transitions);
    await Promise.all([...this.workers.values()].map((worker) => worker.stop()));
  }

  /** AWS as a mapping reaches it: in the role of its function. */
  access(functionName: string, mappingUuid: string): AwsHttp {
    const { aws, functions, sessions } = this.parts;
    let role = "";
    const roleOf = () => {
      // A function that is gone may come back; until then its streams are still read.
      role = functions.find(functionName)?.configuration.Role ?? role;
      return role;
    };
    return aws.as(sessions.ofMapping(roleOf, mappingUuid));
  }

  /** The stream of a mapping. @throws ApiError where mappings of its kind are not run here */
  source(eventSourceArn: string, functionName: string, aws: AwsHttp): MappableStream {
    const { functions, settings } = this.parts;
    switch (parseArn(eventSourceArn)?.service) {
      case "dynamodb":
        return new DynamodbSource(aws, eventSourceArn);
      case "kinesis":
        return new KinesisSource(
          aws,
          eventSourceArn,
          settings.region,
          functions.find(functionName)?.configuration.Role ?? "",
        );
      default:
        throw new ApiError(
          "InvalidParameterValueException",
          `Unrecognized event source ${eventSourceArn}; the sandbox reads DynamoDB streams and Kinesis streams`,
        );
    }
  }

  private refuseInTransition(record: MappingRecord, operation: string): void {
    if (IN_TRANSITION.has(record.configuration.State)) {
      throw new ApiError(
        "ResourceInUseException",
        `Cannot ${operation} the event source mapping because it is in use.`,
      );
    }
  }

  private change(
    record: MappingRecord,
    during: MappingState,
    after: MappingState,
    work: () => Promise<void>,
  ): void {
    this.save(record, { State: during, StateTransitionReason: "USER_INITIATED" });
    const transition = work()
      .catch((error: unknown) => log("error", `mapping ${record.configuration.UUID}: ${messageOf(error)}`))
      .then(() => {
        this.transitions.delete(transition);
        if (this.parts.mappings.find(record.configuration.UUID) !== undefined) {
          this.save(record, { State: after });
        }
      });
    this.transitions.add(transition);
  }

  private async end(record: MappingRecord): Promise<void> {
    const { UUID } = record.configuration;
    await this.workers.get(UUID)?.stop();
    this.workers.delete(UUID);
  }

  private async begin(record: MappingRecord): Promise<void> {
    const { configuration } = record;
    if (!record.enabled) {
      return;
    }
    const name = functionName(configuration.FunctionArn);
    const { functions, runtime, mappings, settings } = this.parts;
    const aws = this.access(name, configuration.UUID);
    const source = this.source(configuration.EventSourceArn, name, aws);
    const age = configuration.MaximumRecordAgeInSeconds;
    const patterns = configuration.FilterCriteria?.Filters.map((filter) => filter.Pattern) ?? [];
    const passes = compileFilters(patterns);
    const worker = new MappingWorker({
      source,
      checkpoints: mappings.checkpoints(configuration.UUID),
      start: startOf(configuration),
      batchSize: configuration.BatchSize,
      windowMs: configuration.MaximumBatchingWindowInSeconds * 1000,
      lanes: configuration.ParallelizationFactor,
      matches: (event) => patterns.length === 0 || passes(source.filtered(event)),
      policy: {
        maximumRetryAttempts: configuration.MaximumRetryAttempts,
        bisect: configuration.BisectBatchOnFunctionError,
      },
      maximumAgeSeconds: age < 0 ? source.retentionSeconds : Math.min(age, source.retentionSeconds),
      reportsFailures: configuration.FunctionResponseTypes.includes("ReportBatchItemFailures"),
      invoke: async (event) => runtime.invoke(functions.get(name, settings.region), event),
      sendAway: this.sendAway(record, source, aws),
      report: (result) => this.report(record, result),
      log: (level, message) => log(level, `${configuration.EventSourceArn.split("/")[1]}: ${message}`),
    });
    this.workers.set(configuration.UUID, worker);
    await worker.start();
  }

  private sendAway(record: MappingRecord, source: StreamSource, aws: AwsHttp) {
    const { UUID, FunctionArn, EventSourceArn, DestinationConfig } = record.configuration;
    const destination = DestinationConfig.OnFailure?.Destination;
    if (!destination) {
      return undefined;
    }
    const mapping = { uuid: UUID, functionArn: FunctionArn, streamArn: EventSourceArn, source };
    return (given: Parameters<typeof sendToDestination>[3]) =>
      sendToDestination(aws, destination, mapping, given);
  }

  private report(record: MappingRecord, result: string): void {
    if (record.configuration.LastProcessingResult !== result) {
      this.save(record, { LastProcessingResult: result });
    }
  }

  private save(record: MappingRecord, settings: Partial<MappingConfiguration>): void {
    Object.assign(record.configuration, settings);
    this.parts.mappings.save(record);
  }
}

function startOf(configuration: MappingConfiguration): Position {
  return configuration.StartingPosition === "AT_TIMESTAMP"
    ? { type: "AT_TIMESTAMP", seconds: configuration.StartingPositionTimestamp ?? 0 }
    : { type: configuration.StartingPosition };
}
