import { arnOf, type NeedsOf, type Service, text } from "./call";

/** The session in which Lambda itself acts for a mapping, as opposed to a function's own. */
const MAPPING = /^awslambda_/;

const toQueue: NeedsOf = ({ operation, input, region, session }) => {
  if (operation === "GetQueueUrl" && MAPPING.test(session.session)) {
    // Lambda knows a queue by its ARN; its stand-in has to ask for the address.
    return [];
  }
  const queue = text(input, "QueueUrl").split("/").pop() ?? "";
  return operation === "SendMessage"
    ? [{ action: "sqs:SendMessage", resource: arnOf("sqs", region, queue) }]
    : undefined;
};

const toTopic: NeedsOf = ({ operation, input }) =>
  operation === "Publish" ? [{ action: "sns:Publish", resource: text(input, "TopicArn") }] : undefined;

/** Amazon SQS, as a mapping's on-failure destination. */
export const sqs: Service = { needs: toQueue, protocol: "json" };

/** Amazon SNS, as a mapping's on-failure destination. */
export const sns: Service = { needs: toTopic, protocol: "query" };
