import type { Operation } from "../operation";
import { page } from "./page";

/** All functions, 50 a page. */
export const listFunctions: Operation = {
  name: "ListFunctions",
  method: "GET",
  path: "/2015-03-31/functions",
  handle(request, service) {
    const { items, NextMarker } = page(service.functions.list(), request.query, 50);
    return {
      body: {
        Functions: items.map((record) => record.configuration),
        ...(NextMarker === undefined ? {} : { NextMarker }),
      },
    };
  },
};
