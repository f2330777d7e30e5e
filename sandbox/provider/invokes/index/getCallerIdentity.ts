import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Invoke } from "..";

/** aws.getCallerIdentity, as the sandbox's STS answers: its credentials are nobody's. */
export const getCallerIdentity: Invoke = async (_args, { clients }) => {
  const { Account, Arn, UserId } = await clients.sts.send(new GetCallerIdentityCommand({}));
  return { id: Account, accountId: Account, arn: Arn, userId: UserId };
};
