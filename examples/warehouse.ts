import { type Pipeline, Warehouse } from "../components";

/** Has orders and customers in Redshift, seconds behind, for whoever is in the group of the analysts. */
export function queryOrders(pipeline: Pipeline): Warehouse {
  return new Warehouse("warehouse", {
    streamArn: pipeline.streamArn,
    kmsKeyArn: pipeline.kmsKeyArn,
    tables: ["public.orders", "public.customers"],
    network: {
      vpcId: "vpc-0f3a2b1c",
      subnetIds: ["subnet-0a11", "subnet-0b22", "subnet-0c33"],
      clientSecurityGroupIds: ["sg-0d44"],
    },
    serverless: { baseRpu: 4, maxRpu: 16 },
  });
}
