import { DeviceBridge, type Pipeline } from "../components";

/** Tells the displays in the hall of every order, and of what becomes of it. */
export function showOrders(pipeline: Pipeline): DeviceBridge {
  return new DeviceBridge("displays", {
    streamArn: pipeline.streamArn,
    kmsKeyArn: pipeline.kmsKeyArn,
    tables: ["public.orders"],
    ops: ["insert", "update", "delete"],
  });
}
