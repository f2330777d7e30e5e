import { ApiError } from "../apiError";
import { parseArn } from "../arns";
import { Constraints } from "../constraints";
import { type ApiRequest, type LambdaService, label } from "../operation";

/** The most tags that a resource can have. */
const MAXIMUM_TAGS = 50;

/** The tags of a function or a mapping, and how to replace them. */
export interface Tagged {
  tags: Record<string, string>;
  replace(tags: Record<string, string>): void;
}

/** What a tag operation's ARN names. @throws ApiError where it is unknown */
export function taggedOf(request: ApiRequest, service: LambdaService): Tagged {
  const arn = label(request, "Resource");
  const [kind, name = ""] = (parseArn(arn)?.resource ?? "").split(":");
  if (kind === "function") {
    const record = service.functions.get(name, service.settings.region);
    return { tags: record.tags, replace: (tags) => service.functions.save({ ...record, tags }) };
  }
  const record = kind === "event-source-mapping" ? service.mappings.find(name) : undefined;
  if (record === undefined) {
    throw new ApiError("ResourceNotFoundException", `The resource you requested does not exist: ${arn}`);
  }
  return {
    tags: record.tags,
    replace: (tags) => {
      record.tags = tags;
      service.mappings.save(record);
    },
  };
}

/** The tags of a request body. @throws ApiError where they are none, or too many */
export function tagsOf(
  body: Record<string, unknown>,
  existing: Record<string, string>,
): Record<string, string> {
  const constraints = new Constraints(body);
  constraints.require("Tags");
  const tags = { ...existing, ...constraints.texts("Tags") };
  constraints.check();
  if (Object.keys(tags).length > MAXIMUM_TAGS) {
    throw new ApiError(
      "InvalidParameterValueException",
      `Number of tags exceeds resource tag limit of ${MAXIMUM_TAGS}.`,
    );
  }
  return tags;
}
