import { z } from "zod";
import { checkTagged } from "../resources/tagged";
import { invalidCombination } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const listTagsForResource = operation(
  z.object({ ResourceArn: arn.optional(), ResourceArnList: z.array(arn).optional() }),
  ({ ResourceArn, ResourceArnList = [] }, service) => {
    const arns = ResourceArn === undefined ? ResourceArnList : [ResourceArn];
    if (arns.length === 0 || (ResourceArn !== undefined && ResourceArnList.length > 0)) {
      throw invalidCombination("exactly one of ResourceArn and ResourceArnList is needed");
    }
    const TagList = arns.flatMap((one) => {
      checkTagged(service, one);
      return Object.entries(service.store.state.tags[one] ?? {}).map(([Key, Value]) => ({
        Key,
        Value,
        ResourceArn: one,
      }));
    });
    return { TagList };
  },
);
