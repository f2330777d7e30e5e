import { arn, recorded } from "../../recorded";

/** aws.glue.CatalogDatabase, recorded: nothing in the sandbox reads the catalogue. Its id is its name. */
export const catalogDatabase = recorded({
  autoName: { property: "name", lowerCase: true },
  replaceOn: ["name", "catalogId"],
  id: ({ name }) => String(name),
  outputs: ({ name, catalogId, locationUri, createTableDefaultPermissions }, _id, context) => ({
    arn: arn("glue", `database/${name}`, context),
    catalogId: catalogId ?? context.accountId,
    locationUri: locationUri ?? "",
    createTableDefaultPermissions: createTableDefaultPermissions ?? [],
  }),
});
