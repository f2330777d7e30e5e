import { pageOfStatistics, statisticsInput } from "../resources/tableStatistics";
import { arn, operation } from "../wire/operation";

export const describeTableStatistics = operation(
  statisticsInput.extend({ ReplicationTaskArn: arn }),
  (request, service) => {
    const { ReplicationTaskArn } = service.task(request.ReplicationTaskArn);
    const { page, Marker } = pageOfStatistics(service, ReplicationTaskArn, request);
    return { ReplicationTaskArn, TableStatistics: page, Marker };
  },
);
