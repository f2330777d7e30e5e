import { z } from "zod";
import type { DmsService } from "../service";
import { Fault, invalidParameter } from "./fault";

/** One operation of the API: its name is that of its file in `actions/`, with a capital. */
export interface Operation {
  /** Validates the request's body and carries it out. @throws Fault */
  handle(body: unknown, service: DmsService): Promise<object>;
}

/** The paths and messages of what is wrong with a request, in one line. */
function describe(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const path = issue.path.join(".");
      return path === "" ? issue.message : `${path}: ${issue.message}`;
    })
    .join("; ");
}

/**
 * Makes an operation of a schema and a handler.
 * @param input what the handler reads of the request; members beyond that are ignored, as AWS does
 */
export function operation<Schema extends z.ZodType>(
  input: Schema,
  handler: (request: z.output<Schema>, service: DmsService) => object | Promise<object>,
): Operation {
  return {
    async handle(body, service) {
      const parsed = input.safeParse(body);
      if (!parsed.success) {
        throw invalidParameter(describe(parsed.error));
      }
      return handler(parsed.data, service);
    },
  };
}

/** An identifier of a resource: letters, digits, hyphens; begins with a letter, no double and no last hyphen. */
export function identifier(maxLength = 255): z.ZodType<string> {
  return z
    .string()
    .max(maxLength)
    .regex(
      /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/,
      "the identifier must begin with a letter, contain only ASCII letters, digits and hyphens, and not end with a hyphen or contain two in a row",
    )
    .transform((text) => text.toLowerCase());
}

/** An Amazon resource name. */
export const arn = z.string().regex(/^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+$/, "not an ARN");

/** The tags of a create call. */
export const tags = z
  .array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256).default("") }))
  .default([]);

/** Filters and paging, which every Describe operation shares. */
export const describeInput = z.object({
  Filters: z.array(z.object({ Name: z.string(), Values: z.array(z.string()) })).default([]),
  MaxRecords: z.number().int().min(20).max(500).default(100),
  Marker: z.string().optional(),
});

export type DescribeInput = z.output<typeof describeInput>;

/**
 * The resources that match every filter (a filter matches where one of its values does), one page of them.
 * @param fields the filters that this operation knows: name to the resource's value
 * @throws Fault where a filter is unknown or the marker was not made by this operation
 */
export function select<T>(
  all: T[],
  request: DescribeInput,
  fields: Record<string, (item: T) => string | undefined>,
): { page: T[]; Marker?: string } {
  for (const { Name } of request.Filters) {
    if (!Object.hasOwn(fields, Name)) {
      throw invalidParameter(
        `the filter ${Name} is not valid here; allowed: ${Object.keys(fields).join(", ")}`,
      );
    }
  }
  const matching = all.filter((item) =>
    request.Filters.every(({ Name, Values }) => Values.includes(fields[Name]?.(item) ?? "")),
  );
  const start = request.Marker === undefined ? 0 : Number(request.Marker);
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new Fault(
      "InvalidParameterValueException",
      `the marker ${request.Marker} is not one of this operation`,
    );
  }
  const end = start + request.MaxRecords;
  const page = matching.slice(start, end);
  return end < matching.length ? { page, Marker: String(end) } : { page };
}
