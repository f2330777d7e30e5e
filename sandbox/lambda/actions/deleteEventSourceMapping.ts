import type { Operation } from "../operation";
import { mappingOf, mappingView } from "./mappingView";

/** Ends a mapping; an invocation under way is waited for. */
export const deleteEventSourceMapping: Operation = {
  name: "DeleteEventSourceMapping",
  method: "DELETE",
  path: "/2015-03-31/event-source-mappings/{UUID}",
  handle(request, service) {
    const record = mappingOf(request, service);
    service.runner.delete(record);
    return { status: 202, body: mappingView(record) };
  },
};
