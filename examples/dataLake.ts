import { DataLake, type Pipeline } from "../components";

/** Keeps every change for two years, in Parquet. */
export function keepChanges(pipeline: Pipeline): DataLake {
  return new DataLake("lake", {
    streamArn: pipeline.streamArn,
    kmsKeyArn: pipeline.kmsKeyArn,
    format: "parquet",
    tables: ["public.orders", "public.customers"],
    retentionDays: 730,
  });
}
