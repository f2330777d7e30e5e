/** The components, their arguments, what consumers are given, and the pure builders that users may need. */
export type { ChangeEvent, ChangeOperation } from "../functions/changeEvent";
export { AccountRoles, type AccountRolesArgs, existingAccountRoles } from "./accountRoles";
export { ChangeStream, type ChangeStreamArgs } from "./changeStream";
export type { ComponentArgs, Tags, Transform } from "./component";
export type { AlarmOptions } from "./consumers/alarms";
export { Analytics, type AnalyticsArgs } from "./consumers/analytics";
export type { AlertCondition, AlertRule } from "./consumers/analytics/alertRules";
export { ChangeHandler, type ChangeHandlerArgs, type ChangeHandlerOptions } from "./consumers/changeHandler";
export type { ConsumerFunctionOptions, PermissionArgs } from "./consumers/consumerFunction";
export { DataLake, type DataLakeArgs } from "./consumers/dataLake";
export { DeviceBridge, type DeviceBridgeArgs } from "./consumers/deviceBridge";
export type { StreamMappingOptions } from "./consumers/streamMapping";
export { Warehouse, type WarehouseArgs } from "./consumers/warehouse";
export type { ClusterWarehouseOptions } from "./consumers/warehouse/cluster";
export type { ServerlessWarehouseOptions } from "./consumers/warehouse/serverless";
export type { WarehouseNetworkOptions } from "./consumers/warehouse/warehouseNetwork";
export { DriverRuns, type DriverRunsArgs } from "./driverRuns";
export type { DriverSource, GitHubSource, ZipSource } from "./driverRuns/source";
export { EncryptionKey, type EncryptionKeyArgs, keyPolicy } from "./encryptionKey";
export { FailureBucket, type FailureBucketArgs } from "./failureBucket";
export { FanIn, type FanInArgs, type FanInOptions } from "./fanIn";
export type { EventOptions } from "./fanIn/events";
export type { TablePatterns } from "./fanIn/tableEvents";
export { HashKey, type HashKeyArgs } from "./hashKey";
export { Heartbeat, type HeartbeatArgs, type HeartbeatTransform } from "./heartbeat";
export type { HeartbeatOptions } from "./heartbeat/options";
export { LoadProgress, type LoadProgressArgs } from "./loadProgress";
export { Monitoring, type MonitoringArgs, type MonitoringOptions } from "./monitoring";
export type { AlarmThresholds } from "./monitoring/thresholds";
export { Network, type NetworkArgs, type SourceAccess } from "./network";
export { type HeartbeatPlace, type InitialLoadPlace, Pipeline, type PipelineArgs } from "./pipeline";
export type { KeyAttribute, ReplicatedTable } from "./replicatedTable";
export { Replication, type ReplicationArgs, type ReplicationOptions } from "./replication";
export { SOURCE_ENGINES, type SourceEngine, type SslMode } from "./replication/endpointSettings";
export type { InstanceSize, ServerlessSize } from "./replication/sizing";
export type { SourceArgs } from "./replication/source";
export type { TableSelection } from "./replication/tableMappings";
export {
  type MappingOptions,
  type OnDemandCapacity,
  type ProvisionedCapacity,
  type TableCapacity,
  TableFeed,
  type TableFeedArgs,
  type TableFeedOptions,
} from "./tableFeed";
