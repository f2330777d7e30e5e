import { z } from "zod";
import { checkTagged } from "../resources/tagged";
import { arn, operation } from "../wire/operation";

export const removeTagsFromResource = operation(
  z.object({ ResourceArn: arn, TagKeys: z.array(z.string()) }),
  (request, service) => {
    checkTagged(service, request.ResourceArn);
    const tags = service.store.state.tags[request.ResourceArn] ?? {};
    for (const key of request.TagKeys) {
      delete tags[key];
    }
    service.store.save();
    return {};
  },
);
