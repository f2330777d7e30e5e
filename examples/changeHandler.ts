import type * as aws from "@pulumi/aws";
import { type ChangeEvent, ChangeHandler, type Pipeline } from "../components";

/** A row of the table `orders`, as far as the handlers read it. */
interface Order {
  order_id: number;
  status: string;
}

/** Writes a line to its log for each order whose status changed. */
export function logStatuses(pipeline: Pipeline): ChangeHandler<ChangeEvent<Order>> {
  const filter = { tables: ["orders"], ops: ["update" as const] };
  return pipeline.onChange("log-statuses", filter, async ({ old, new: row }: ChangeEvent<Order>) => {
    if (old?.status !== row?.status) console.log(`${row?.order_id}: ${old?.status} -> ${row?.status}`);
  });
}

/** Puts a message into a queue for each order that was paid. */
export function mailPaidOrders(pipeline: Pipeline, mails: aws.sqs.Queue): ChangeHandler<ChangeEvent<Order>> {
  return new ChangeHandler("mail-paid-orders", {
    streamArn: pipeline.streamArn,
    kmsKeyArn: pipeline.kmsKeyArn,
    tables: ["public.orders"],
    ops: ["update"],
    mapping: { startAt: "2026-11-27T00:00:00Z" },
    packages: ["@aws-sdk/client-sqs"],
    environment: { QUEUE_URL: mails.url },
    permissions: [
      { actions: ["sqs:SendMessage"], resources: [mails.arn] },
      { actions: ["kms:GenerateDataKey", "kms:Decrypt"], resources: [pipeline.kmsKeyArn] },
    ],
    onChangeFactory: () => {
      const sqs = require("@aws-sdk/client-sqs") as typeof import("@aws-sdk/client-sqs");
      const client = new sqs.SQSClient({});
      return async ({ id, old, new: row }: ChangeEvent<Order>) => {
        if (row?.status !== "paid" || old?.status === "paid") return;
        const MessageBody = JSON.stringify({ id, order: row.order_id });
        await client.send(new sqs.SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody }));
      };
    },
  });
}
