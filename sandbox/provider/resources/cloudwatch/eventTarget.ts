import { recorded } from "../../recorded";

/** aws.cloudwatch.EventTarget, recorded. Its id is made of the rule's name and its own. */
export const eventTarget = recorded({
  autoName: { property: "targetId", maxLength: 64 },
  replaceOn: ["rule", "targetId", "eventBusName"],
  documents: ["input"],
  id: ({ rule, targetId }) => `${rule}-${targetId}`,
  outputs: () => ({}),
});
