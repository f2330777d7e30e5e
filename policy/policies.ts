import { noFullAccess, noWildcardAction, noWildcardResource } from "./access/identityPolicies";
import { bucketNotPublic, noPublicPrincipal, trustSourceCondition } from "./access/resourcePolicies";
import { functionConcurrency, functionMemory, functionTimeout } from "./capacity/functions";
import {
  mappingBisects,
  mappingGivesUp,
  mappingKeepsFailures,
  mappingReportsItems,
  mappingStart,
} from "./capacity/mappings";
import {
  dmsInstanceClass,
  dmsInstancePatches,
  dmsInstanceStorage,
  dmsMultiAz,
  dmsServerlessRange,
} from "./capacity/replicationSize";
import { streamMode, streamRetention, streamShards } from "./capacity/stream";
import {
  tableCapacityChosen,
  tableDeletionProtection,
  tableOnDemandCeiling,
  tableRecovery,
  tableStreamImages,
} from "./capacity/tables";
import { provisionedTotal, tableAutoscaled } from "./capacity/tableTotals";
import {
  taskKeepsDroppedTables,
  taskKeepsTables,
  taskLogs,
  taskShowsErrors,
  taskStopsBeforeChanges,
} from "./capacity/taskSettings";
import {
  bucketKey,
  dmsEndpointKey,
  dmsInstanceKey,
  dmsServerlessKey,
  functionEnvironmentKey,
  logGroupKey,
  queueEncryption,
  redshiftClusterKey,
  redshiftServerlessKey,
  tableKey,
} from "./encryption/atRest";
import { bucketTls, queueTls, sourceCredentials, sourceTls, storageCovered } from "./encryption/inTransit";
import { keyRotation } from "./encryption/keys";
import { logGroupRetention } from "./encryption/logs";
import { streamEncryption, streamKey } from "./encryption/stream";
import type { PackPolicy } from "./lib/policy";
import { dmsNotPublic, serverlessEndpoints } from "./network/dms";
import { noOpenEgress, noOpenIngress } from "./network/openRanges";
import { redshiftClusterPrivate, redshiftServerlessPrivate } from "./network/redshift";

/** Every policy of the pack. What is not listed here does not run. */
export const policies: readonly PackPolicy[] = [
  tableCapacityChosen,
  tableOnDemandCeiling,
  tableStreamImages,
  tableRecovery,
  tableDeletionProtection,
  tableAutoscaled,
  provisionedTotal,
  dmsInstanceClass,
  dmsInstanceStorage,
  dmsMultiAz,
  dmsInstancePatches,
  dmsServerlessRange,
  taskKeepsTables,
  taskKeepsDroppedTables,
  taskShowsErrors,
  taskStopsBeforeChanges,
  taskLogs,
  streamMode,
  streamRetention,
  streamShards,
  functionMemory,
  functionTimeout,
  functionConcurrency,
  mappingStart,
  mappingGivesUp,
  mappingBisects,
  mappingKeepsFailures,
  mappingReportsItems,
  tableKey,
  logGroupKey,
  dmsInstanceKey,
  dmsServerlessKey,
  dmsEndpointKey,
  functionEnvironmentKey,
  queueEncryption,
  bucketKey,
  redshiftServerlessKey,
  redshiftClusterKey,
  streamEncryption,
  streamKey,
  keyRotation,
  logGroupRetention,
  sourceTls,
  sourceCredentials,
  bucketTls,
  queueTls,
  storageCovered,
  dmsNotPublic,
  serverlessEndpoints,
  redshiftServerlessPrivate,
  redshiftClusterPrivate,
  noOpenIngress,
  noOpenEgress,
  noWildcardAction,
  noWildcardResource,
  noFullAccess,
  trustSourceCondition,
  noPublicPrincipal,
  bucketNotPublic,
];
