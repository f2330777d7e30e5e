import { ApiError } from "./apiError";

/** The largest zip that can be sent with a request, in bytes (AWS Lambda quotas: 50 MB). */
const MAXIMUM_ZIP_BYTES = 52_428_800;

/**
 * The zip in a request's code members.
 * @throws ApiError where there is none, or it lies where the sandbox does not look
 */
export function zipOf(code: Record<string, unknown>): Buffer {
  if (code.S3Bucket !== undefined || code.ImageUri !== undefined) {
    throw new ApiError(
      "InvalidParameterValueException",
      "the sandbox takes a function's code as ZipFile only",
    );
  }
  if (typeof code.ZipFile !== "string" || code.ZipFile === "") {
    throw new ApiError("InvalidParameterValueException", "Please provide a source for function code.");
  }
  const zip = Buffer.from(code.ZipFile, "base64");
  if (zip.length > MAXIMUM_ZIP_BYTES) {
    throw new ApiError(
      "RequestTooLargeException",
      `the zip has ${zip.length} bytes; sent with a request it may have ${MAXIMUM_ZIP_BYTES}`,
    );
  }
  return zip;
}

/** A time as FunctionConfiguration.LastModified writes it, such as 2026-01-01T00:00:00.000+0000. */
export function lastModified(now = new Date()): string {
  return now.toISOString().replace("Z", "+0000");
}
