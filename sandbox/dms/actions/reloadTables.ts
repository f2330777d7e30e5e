import { z } from "zod";
import { reload, reloadOption, tablesToReload } from "../resources/tableStatistics";
import { arn, operation } from "../wire/operation";

export const reloadTables = operation(
  z.object({ ReplicationTaskArn: arn, TablesToReload: tablesToReload, ReloadOption: reloadOption }),
  async (request, service) => {
    const task = service.task(request.ReplicationTaskArn);
    await reload(service, task.ReplicationTaskArn, task.Status, request.TablesToReload);
    return { ReplicationTaskArn: task.ReplicationTaskArn };
  },
);
