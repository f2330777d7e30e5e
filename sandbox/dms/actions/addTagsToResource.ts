import { z } from "zod";
import { checkTagged } from "../resources/tagged";
import { arn, operation, tags } from "../wire/operation";

export const addTagsToResource = operation(z.object({ ResourceArn: arn, Tags: tags }), (request, service) => {
  checkTagged(service, request.ResourceArn);
  service.setTags(request.ResourceArn, request.Tags);
  service.store.save();
  return {};
});
