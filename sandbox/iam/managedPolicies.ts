/** Grants that AWS's own text says nothing narrower about. */
const ANY = "*";

const TASKS = "arn:aws:logs:*:*:log-group:dms-tasks-*";
const SERVERLESS = "arn:aws:logs:*:*:log-group:dms-serverless-replication-*";

const STREAMS = [`${TASKS}:log-stream:dms-task-*`, `${SERVERLESS}:log-stream:dms-serverless-*`];

/**
 * The documents of the managed policies that DMS's two roles have and MiniStack does not know, by ARN (AWS DMS user
 * guide, security-iam-awsmanpol).
 */
export const MANAGED_POLICIES: Readonly<Record<string, object | undefined>> = {
  "arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole": {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AllowDescribeOnAllLogGroups",
        Effect: "Allow",
        Action: ["logs:DescribeLogGroups"],
        Resource: [ANY],
      },
      {
        Sid: "AllowDescribeOfAllLogStreamsOnDmsTasksLogGroup",
        Effect: "Allow",
        Action: ["logs:DescribeLogStreams"],
        Resource: [TASKS, SERVERLESS],
      },
      {
        Sid: "AllowCreationOfDmsLogGroups",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup"],
        Resource: [TASKS, `${SERVERLESS}:log-stream:`],
      },
      {
        Sid: "AllowCreationOfDmsLogStream",
        Effect: "Allow",
        Action: ["logs:CreateLogStream"],
        Resource: STREAMS,
      },
      {
        Sid: "AllowUploadOfLogEventsToDmsLogStream",
        Effect: "Allow",
        Action: ["logs:PutLogEvents"],
        Resource: STREAMS,
      },
    ],
  },
  "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole": {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeDhcpOptions",
          "ec2:DescribeInternetGateways",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:ModifyNetworkInterfaceAttribute",
        ],
        Resource: ANY,
      },
    ],
  },
};
