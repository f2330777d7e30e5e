import { arn, derivedId, recorded } from "../../recorded";

/** aws.appautoscaling.Target, recorded: the sandbox's DynamoDB throttles nothing that would have to be scaled. */
export const target = recorded({
  replaceOn: ["resourceId", "scalableDimension", "serviceNamespace"],
  id: ({ resourceId }) => String(resourceId),
  outputs: ({ roleArn, resourceId, scalableDimension, suspendedState }, _id, context) => ({
    arn: arn(
      "application-autoscaling",
      `scalable-target/${derivedId("t", `${resourceId}${scalableDimension}`)}`,
      context,
    ),
    roleArn:
      roleArn ??
      `arn:${context.partition}:iam::${context.accountId}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`,
    suspendedState: suspendedState ?? {
      dynamicScalingInSuspended: false,
      dynamicScalingOutSuspended: false,
      scheduledScalingSuspended: false,
    },
  }),
});
