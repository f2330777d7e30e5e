import type { DmsService } from "../service";

/** What uses a resource, and whether it is running. */
export interface User {
  name: string;
  active: boolean;
}

const IDLE = new Set(["ready", "created", "stopped", "failed"]);

/** The tasks and serverless replications that use an endpoint. */
export function endpointInUse(service: DmsService, arn: string): User[] {
  const { tasks, configs } = service.store.state;
  const uses = (one: { SourceEndpointArn: string; TargetEndpointArn: string }) =>
    one.SourceEndpointArn === arn || one.TargetEndpointArn === arn;
  return [
    ...Object.values(tasks)
      .filter(uses)
      .map((task) => ({ name: task.ReplicationTaskIdentifier, active: !IDLE.has(task.Status) })),
    ...Object.values(configs)
      .filter(({ config }) => uses(config))
      .map(({ config, replication }) => ({
        name: config.ReplicationConfigIdentifier,
        active: !IDLE.has(replication.Status),
      })),
  ];
}
