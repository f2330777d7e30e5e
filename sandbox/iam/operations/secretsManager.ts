import { arnOf, type NeedsOf, type Service, text } from "./call";

const KEY_ACTIONS: Record<string, string[] | undefined> = {
  DescribeSecret: [],
  GetSecretValue: ["kms:Decrypt"],
};

const needs: NeedsOf = async ({ operation, input, region }, { resources }) => {
  const keyActions = KEY_ACTIONS[operation];
  if (keyActions === undefined) {
    return undefined;
  }
  const id = text(input, "SecretId");
  const { arn, key, policy } = await resources.secret(id);
  // Of a secret that is not there the name is all that can be asked about.
  const resource = arn ?? (id.startsWith("arn:") ? id : arnOf("secretsmanager", region, `secret:${id}`));
  return [
    {
      action: `secretsmanager:${operation}`,
      resource,
      ...(policy === undefined ? {} : { resourcePolicy: policy }),
    },
    ...(await resources.keyUse(key, keyActions, "secretsmanager", region)),
  ];
};

/** AWS Secrets Manager. */
export const secretsManager: Service = { needs, protocol: "json" };
