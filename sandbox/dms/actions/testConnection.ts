import { z } from "zod";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const testConnection = operation(
  z.object({ ReplicationInstanceArn: arn, EndpointArn: arn }),
  (request, service) => {
    const { ReplicationInstanceArn, EndpointArn } = request;
    const instance = service.instance(ReplicationInstanceArn);
    const stored = service.endpoint(EndpointArn);
    if (instance.ReplicationInstanceStatus !== "available") {
      throw invalidState(`Replication instance ${ReplicationInstanceArn} is not available`);
    }
    const key = `${ReplicationInstanceArn} ${EndpointArn}`;
    const connection = {
      ReplicationInstanceArn,
      EndpointArn,
      Status: "testing",
      EndpointIdentifier: stored.endpoint.EndpointIdentifier,
      ReplicationInstanceIdentifier: instance.ReplicationInstanceIdentifier,
    };
    service.store.state.connections[key] = connection;
    service.store.save();
    service.later(() => service.testConnection(key, stored));
    return { Connection: { ...connection } };
  },
);
