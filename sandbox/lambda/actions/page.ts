import { ApiError } from "../apiError";

/**
 * One page of a list, and the marker of the next. The marker is the position in the list, which is enough for a
 * list that one client walks.
 * @param largest the most that one page holds, which is also the default
 */
export function page<T>(
  items: T[],
  query: URLSearchParams,
  largest: number,
): { items: T[]; NextMarker?: string } {
  const marker = query.get("Marker");
  const start = marker === null || marker === "" ? 0 : Number(Buffer.from(marker, "base64").toString("utf8"));
  if (!Number.isInteger(start) || start < 0) {
    throw new ApiError("InvalidParameterValueException", `invalid pagination token: "${marker}"`);
  }
  const asked = Number(query.get("MaxItems") ?? largest);
  if (!Number.isInteger(asked) || asked < 1 || asked > 10_000) {
    throw new ApiError(
      "ValidationException",
      `1 validation error detected: Value '${query.get("MaxItems")}' at 'maxItems' failed to satisfy constraint: Member must have value from 1 to 10000`,
    );
  }
  const end = start + Math.min(asked, largest);
  const shown = items.slice(start, end);
  return end < items.length
    ? { items: shown, NextMarker: Buffer.from(String(end)).toString("base64") }
    : { items: shown };
}
