import { functionName } from "../arns";
import type { Operation } from "../operation";
import { mappingView } from "./mappingView";
import { page } from "./page";

/** The mappings, 100 a page, of one function or one stream where the request names it. */
export const listEventSourceMappings: Operation = {
  name: "ListEventSourceMappings",
  method: "GET",
  path: "/2015-03-31/event-source-mappings",
  handle({ query }, service) {
    const source = query.get("EventSourceArn");
    const named = query.get("FunctionName");
    const name = named === null ? undefined : functionName(named);
    const matching = service.mappings
      .list()
      .filter(
        ({ configuration }) =>
          (source === null || configuration.EventSourceArn === source) &&
          (name === undefined || functionName(configuration.FunctionArn) === name),
      );
    const { items, NextMarker } = page(matching, query, 100);
    return {
      body: {
        EventSourceMappings: items.map(mappingView),
        ...(NextMarker === undefined ? {} : { NextMarker }),
      },
    };
  },
};
