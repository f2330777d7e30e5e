import { recorded } from "../../recorded";

/** aws.sns.TopicPolicy, recorded. Its id is the topic's ARN. */
export const topicPolicy = recorded({
  replaceOn: ["arn"],
  documents: ["policy"],
  id: ({ arn }) => String(arn),
  outputs: (_inputs, _id, { accountId }) => ({ owner: accountId }),
});
