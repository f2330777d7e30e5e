import { arn, recorded } from "../../recorded";

/** aws.sns.Topic, recorded: no alarm is raised in the sandbox. Its id is its name here, its ARN with AWS. */
export const topic = recorded({
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 256 },
  replaceOn: ["name", "namePrefix", "fifoTopic"],
  documents: ["archivePolicy", "deliveryPolicy", "policy"],
  id: ({ name }) => String(name),
  outputs: ({ name }, _id, context) => ({
    arn: arn("sns", String(name), context),
    owner: context.accountId,
  }),
});
