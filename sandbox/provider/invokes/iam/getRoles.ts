import { paginateListRoles } from "@aws-sdk/client-iam";
import type { Invoke } from "..";

/** aws.iam.getRoles: the roles of the account whose names match `nameRegex`, sorted by name. */
export const getRoles: Invoke = async ({ nameRegex, pathPrefix }, { clients }) => {
  const pattern = new RegExp(typeof nameRegex === "string" ? nameRegex : "");
  const prefix = typeof pathPrefix === "string" ? pathPrefix : undefined;
  const found: { name: string; arn: string }[] = [];
  for await (const { Roles = [] } of paginateListRoles({ client: clients.iam }, { PathPrefix: prefix })) {
    for (const { RoleName: name = "", Arn: arn = "" } of Roles) {
      if (pattern.test(name)) found.push({ name, arn });
    }
  }
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    id: "roles",
    nameRegex,
    pathPrefix,
    names: found.map(({ name }) => name),
    arns: found.map(({ arn }) => arn),
  };
};
