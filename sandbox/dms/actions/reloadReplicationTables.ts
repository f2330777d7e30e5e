import { z } from "zod";
import { reload, reloadOption, tablesToReload } from "../resources/tableStatistics";
import { arn, operation } from "../wire/operation";

export const reloadReplicationTables = operation(
  z.object({ ReplicationConfigArn: arn, TablesToReload: tablesToReload, ReloadOption: reloadOption }),
  async (request, service) => {
    const { config, replication } = service.replication(request.ReplicationConfigArn);
    await reload(service, config.ReplicationConfigArn, replication.Status, request.TablesToReload);
    return { ReplicationConfigArn: config.ReplicationConfigArn };
  },
);
