import { pageOfStatistics, statisticsInput } from "../resources/tableStatistics";
import { arn, operation } from "../wire/operation";

export const describeReplicationTableStatistics = operation(
  statisticsInput.extend({ ReplicationConfigArn: arn }),
  (request, service) => {
    const { ReplicationConfigArn } = service.replication(request.ReplicationConfigArn).config;
    const { page, Marker } = pageOfStatistics(service, ReplicationConfigArn, request);
    return { ReplicationConfigArn, ReplicationTableStatistics: page, Marker };
  },
);
