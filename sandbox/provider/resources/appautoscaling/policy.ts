import { arn, derivedId, recorded } from "../../recorded";

/** aws.appautoscaling.Policy, recorded. Its id is its name. */
export const policy = recorded({
  autoName: { property: "name" },
  replaceOn: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  id: ({ name }) => String(name),
  outputs: ({ name, resourceId, serviceNamespace, policyType }, _id, context) => ({
    arn: arn(
      "autoscaling",
      `scalingPolicy:${derivedId("p", `${resourceId}${name}`)}:resource/${serviceNamespace}/${resourceId}:policyName/${name}`,
      context,
    ),
    alarmArns: [],
    policyType: policyType ?? "StepScaling",
  }),
});
