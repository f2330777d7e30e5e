import { arn, recorded } from "../../recorded";

/** aws.cloudwatch.EventRule, recorded: in the sandbox nothing goes by a schedule. Its id is its name. */
export const eventRule = recorded({
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 64 },
  replaceOn: ["name", "namePrefix", "eventBusName"],
  documents: ["eventPattern"],
  id: ({ name }) => String(name),
  outputs: (_inputs, id, context) => ({ arn: arn("events", `rule/${id}`, context) }),
});
