import type { Operation } from "../operation";
import { mappingOf, mappingView } from "./mappingView";

/** A mapping's settings, state and last result. */
export const getEventSourceMapping: Operation = {
  name: "GetEventSourceMapping",
  method: "GET",
  path: "/2015-03-31/event-source-mappings/{UUID}",
  handle: (request, service) => ({ body: mappingView(mappingOf(request, service)) }),
};
