import type { Operation } from "../operation";
import { taggedOf } from "./tags";

/** The tags of a function or a mapping. */
export const listTags: Operation = {
  name: "ListTags",
  method: "GET",
  path: "/2017-03-31/tags/{Resource}",
  handle: (request, service) => ({ body: { Tags: taggedOf(request, service).tags } }),
};
