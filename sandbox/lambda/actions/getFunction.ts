import { functionName } from "../arns";
import { label, type Operation } from "../operation";

/** A function's settings, tags and where its zip can be fetched. */
export const getFunction: Operation = {
  name: "GetFunction",
  method: "GET",
  path: "/2015-03-31/functions/{FunctionName}",
  handle(request, service) {
    const name = functionName(label(request, "FunctionName"));
    const record = service.functions.get(name, service.settings.region);
    const { tags, reservedConcurrency } = record;
    return {
      body: {
        Configuration: record.configuration,
        Code: { RepositoryType: "S3", Location: `${service.address()}/code/${record.codeHash}/${name}.zip` },
        ...(Object.keys(tags).length === 0 ? {} : { Tags: tags }),
        ...(reservedConcurrency === undefined
          ? {}
          : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
      },
    };
  },
};
