import { arn, recorded } from "../../recorded";

/** aws.dms.Certificate, recorded: the sandbox's databases speak without TLS. Its id is its own. */
export const certificate = recorded({
  replaceOn: ["certificateId", "certificatePem", "certificateWallet"],
  id: ({ certificateId }) => String(certificateId),
  outputs: (_inputs, id, context) => ({ certificateArn: arn("dms", `cert:${id}`, context) }),
  check: ({ certificatePem, certificateWallet }) =>
    (certificatePem === undefined) === (certificateWallet === undefined)
      ? [{ property: "certificatePem", reason: "give it or certificateWallet, and not both" }]
      : [],
});
