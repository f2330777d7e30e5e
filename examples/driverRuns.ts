import * as pulumi from "@pulumi/pulumi";
import { DriverRuns, type Pipeline } from "../components";

/** Takes in new tables by itself, and tells the pipeline's topic where it cannot. */
export function keepUpToDate(pipeline: Pipeline): DriverRuns {
  const { replication } = pipeline.nodes;
  return new DriverRuns("driver", {
    source: {
      repositoryUrl: "https://github.com/acme/rowstream.git",
      connectionArn: "arn:aws:codeconnections:eu-central-1:123456789012:connection/0f3a2b1c",
    },
    stackName: pulumi.getStack(),
    backendUrl: "s3://acme-state",
    passphraseSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:passphrase-a1b2c3",
    policyArns: ["arn:aws:iam::123456789012:policy/rowstream-deploy"],
    permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/rowstream-boundary",
    targetRoleArn: replication.targetRoleArn,
    taskArn: replication.taskArn,
    topicArn: pipeline.alarmTopicArn,
    kmsKeyArn: pipeline.kmsKeyArn,
  });
}
