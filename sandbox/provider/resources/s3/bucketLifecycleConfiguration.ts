import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import { bucketPart } from "../../bucketPart";
import { isObject, type Properties } from "../../properties";
import { tagList, tagMap } from "../../tags";
import { fromWire, type Spellings, toWire } from "../../wireNames";

const SPELLINGS: Spellings = { id: "ID" };

/** aws.s3.BucketLifecycleConfiguration. */
export const bucketLifecycleConfiguration = bucketPart({
  providerOnly: ["timeouts"],
  unsupported: ["expectedBucketOwner"],
  gone: ["NoSuchLifecycleConfiguration"],
  put: (Bucket, { rules, transitionDefaultMinimumObjectSize }, s3) =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        TransitionDefaultMinimumObjectSize: transitionDefaultMinimumObjectSize as
          | TransitionDefaultMinimumObjectSize
          | undefined,
        LifecycleConfiguration: {
          Rules: (rules as Properties[]).map((rule) => toRule(rule)),
        },
      }),
    ),
  async get(Bucket, s3) {
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    return { rules: Rules?.map(fromRule) };
  },
  remove: (Bucket, s3) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
});

function toRule(rule: Properties): LifecycleRule {
  const { filter, ...others } = rule;
  const wire = toWire(others, SPELLINGS) as LifecycleRule;
  for (const dated of [wire.Expiration, ...(wire.Transitions ?? [])]) {
    if (dated?.Date !== undefined) {
      dated.Date = new Date(dated.Date);
    }
  }
  const { and, ...single } = isObject(filter) ? filter : {};
  const combined = isObject(and) ? { And: { ...(toWire(and) as Properties), Tags: tagList(and.tags) } } : {};
  return { ...wire, Filter: { ...(toWire(single) as Properties), ...combined } };
}

function fromRule({ Filter, ...others }: LifecycleRule): Properties {
  const { And, ...single } = Filter ?? {};
  const combined = And ? { and: { ...(fromWire(And) as Properties), tags: tagMap(And.Tags) } } : {};
  return {
    ...(fromWire(others, SPELLINGS) as Properties),
    ...(Filter && { filter: { ...(fromWire(single) as Properties), ...combined } }),
  };
}
