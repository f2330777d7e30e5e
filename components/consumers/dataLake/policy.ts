import { type PolicyStatement, policyDocument } from "../../policyDocument";
import { viaService } from "../../replication/policies";
import { readStreamStatements, type StreamAccess } from "../streamAccess";

/** What Firehose's role is allowed on. */
export interface LakePolicyArgs extends StreamAccess {
  bucketArn: string;
  logGroupArn: string;
  /** What Firehose reads the files' columns from: catalogue, database and table; undefined where it need not. */
  catalogArns: string[] | undefined;
}

/** Exactly what Firehose needs to read the stream and write the lake (Firehose developer guide, controlling-access). */
export function lakePolicy(args: LakePolicyArgs): string {
  const { bucketArn, logGroupArn, catalogArns, kmsKeyArn, region } = args;
  const statements: PolicyStatement[] = [
    ...readStreamStatements(args),
    {
      Sid: "WriteObjects",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      Resource: `${bucketArn}/*`,
    },
    {
      Sid: "FindBucket",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      Resource: bucketArn,
    },
    {
      Sid: "BucketKey",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: kmsKeyArn,
      Condition: viaService("s3", region),
    },
    {
      Sid: "Log",
      Effect: "Allow",
      Action: "logs:PutLogEvents",
      Resource: `${logGroupArn}:log-stream:*`,
    },
    ...(catalogArns === undefined
      ? []
      : [
          {
            Sid: "ReadColumns",
            Effect: "Allow" as const,
            Action: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
            Resource: catalogArns,
          },
        ]),
  ];
  return policyDocument(statements);
}
