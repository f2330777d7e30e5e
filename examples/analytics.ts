import * as aws from "@pulumi/aws";
import { Analytics, type Pipeline } from "../components";

/** Counts every table's changes by the minute, and mails what somebody should see. */
export function watchOrders(pipeline: Pipeline): Analytics {
  const analytics = new Analytics("analytics", {
    streamArn: pipeline.streamArn,
    kmsKeyArn: pipeline.kmsKeyArn,
    alerts: [
      {
        name: "large-order-paid",
        tables: ["public.orders"],
        ops: ["update"],
        when: [
          { column: "total", is: ">=", value: 1000 },
          { column: "status", is: "=", value: "paid" },
          { column: "status", row: "old", is: "<>", value: "paid" },
        ],
      },
      { name: "many-deletes", ops: ["delete"], count: { atLeast: 500, withinSeconds: 300 } },
    ],
  });
  new aws.sns.TopicSubscription("on-call", {
    topic: analytics.topicArn,
    protocol: "email",
    endpoint: "on-call@example.com",
  });
  return analytics;
}
