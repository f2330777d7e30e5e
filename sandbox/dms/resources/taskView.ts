import { resourceIdOf } from "../identity";
import { replicationStats } from "../replicator/progress";
import type { DmsService } from "../service";
import type { StoredTask } from "../store";

/** The settings with what the service adds to them: where the log goes. */
function settingsWithLog(settings: string, group: string, stream: string): string {
  const parsed = JSON.parse(settings) as { Logging: { EnableLogging: boolean } };
  const Logging = parsed.Logging.EnableLogging
    ? { ...parsed.Logging, CloudWatchLogGroup: group, CloudWatchLogStream: stream }
    : parsed.Logging;
  return JSON.stringify({ ...parsed, Logging });
}

/** A task as the API shows it. */
export function taskView(service: DmsService, task: StoredTask, withoutSettings = false) {
  const { TableMappings, ReplicationTaskSettings, ...shown } = task;
  const id = resourceIdOf(task.ReplicationTaskArn);
  const progress = service.jobs.progress(id).value;
  const { logGroup, logStream } = service.taskJob(task);
  return {
    ...shown,
    ...(withoutSettings
      ? {}
      : {
          TableMappings,
          ReplicationTaskSettings: settingsWithLog(ReplicationTaskSettings, logGroup, logStream),
        }),
    ...(progress.position === undefined ? {} : { RecoveryCheckpoint: `checkpoint:${progress.position}` }),
    ReplicationTaskStats: replicationStats(progress),
  };
}
