export type { PipelineOutputs } from "../program";
export { type CostOptions, cost } from "./cost/cost";
export type { CostComponent, CostEstimate, CostLine, Known, Origin, Rates } from "./cost/costEstimate";
export { type PriceKey, type Prices, readPrices } from "./cost/prices";
export { type DeployOptions, type DeployResult, deploy } from "./deploy";
export { type DestroyResult, destroy } from "./destroy";
export { type DoctorOptions, type DoctorReport, doctor } from "./doctor/doctor";
export type { Finding, Severity } from "./doctor/finding";
export type { FindingCode } from "./doctor/findingCodes";
export { type ErrorCode, type ErrorSource, RowstreamError } from "./errors";
export type {
  Changes,
  Discovery,
  OnEvent,
  ResourceStep,
  RowstreamEvent,
  SkippedTable,
  TableProgress,
} from "./events";
export { preview } from "./preview";
export { MINIMUM_PULUMI_VERSION } from "./pulumiCli";
export { type RedriveOptions, redrive } from "./redrive/redrive";
export type { HeldEvent, RedriveEvent, RedriveResult, UnrecoverableRecord } from "./redrive/redriveResult";
export { type RefreshResult, refresh } from "./refresh";
export { type ReloadOptions, type ReloadResult, reload } from "./reload";
export type {
  FailureStatus,
  FanInStatus,
  HeartbeatStatus,
  MappingStatus,
  PipelineStatus,
  ReplicationStatus,
  StatusCode,
  StatusFinding,
  StreamStatus,
  TableState,
  TableStatus,
} from "./status/pipelineStatus";
export { openStatus, readStatus, type StatusOptions } from "./status/status";
export type { StatusReader } from "./status/statusReader";
export { discoverTables, readOutputs, type TablesResult } from "./tables";
export { type VerifyOptions, verify } from "./verify/verify";
export type { RowDifference, TableVerification, VerifyResult } from "./verify/verifyResult";
export type { ConfigEntry, PipelineProgram, PolicyPack, PreviewResult, WorkspaceOptions } from "./workspace";
