import { arn, recorded } from "../../recorded";

/** aws.glue.CatalogTable, recorded: nothing in the sandbox reads the catalogue. Its id is that of its database and its name. */
export const catalogTable = recorded({
  autoName: { property: "name", lowerCase: true },
  replaceOn: ["name", "databaseName", "catalogId"],
  id: ({ databaseName, name }) => `${databaseName}:${name}`,
  outputs: (inputs, _id, context) => ({
    arn: arn("glue", `table/${inputs.databaseName}/${inputs.name}`, context),
    catalogId: inputs.catalogId ?? context.accountId,
    partitionIndices: inputs.partitionIndices ?? [],
    storageDescriptor: inputs.storageDescriptor ?? {},
    tableType: inputs.tableType ?? "",
    viewDefinition: inputs.viewDefinition ?? {},
    viewExpandedText: inputs.viewExpandedText ?? "",
    viewOriginalText: inputs.viewOriginalText ?? "",
  }),
});
