import { resourceIdOf } from "../identity";
import { replicationStats } from "../replicator/progress";
import type { DmsService } from "../service";
import type { StoredReplication } from "../store";

/** A serverless replication as the API shows it. */
export function replicationView(service: DmsService, replication: StoredReplication) {
  const progress = service.jobs.progress(resourceIdOf(replication.ReplicationConfigArn ?? "")).value;
  const provisioned = replication.Status === "running";
  return {
    ...replication,
    ProvisionData: { ProvisionState: provisioned ? "provisioned" : "deprovisioned" },
    ReplicationStats: replicationStats(progress),
    ...(progress.position === undefined ? {} : { RecoveryCheckpoint: `checkpoint:${progress.position}` }),
  };
}
