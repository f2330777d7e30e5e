import { recorded } from "../../recorded";

/** aws.lambda.Permission, recorded: in the sandbox no service calls a function but its mappings. */
export const permission = recorded({
  autoName: { property: "statementId", prefixProperty: "statementIdPrefix", maxLength: 100 },
  replaceOn: [
    "action",
    "eventSourceToken",
    "function",
    "functionUrlAuthType",
    "principal",
    "principalOrgId",
    "qualifier",
    "sourceAccount",
    "sourceArn",
    "statementId",
    "statementIdPrefix",
  ],
  id: ({ statementId }) => String(statementId),
  outputs: () => ({}),
});
