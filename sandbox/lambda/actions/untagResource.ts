import type { Operation } from "../operation";
import { taggedOf } from "./tags";

/** Removes tags from a function or a mapping. */
export const untagResource: Operation = {
  name: "UntagResource",
  method: "DELETE",
  path: "/2017-03-31/tags/{Resource}",
  handle(request, service) {
    const tagged = taggedOf(request, service);
    const gone = new Set(request.query.getAll("tagKeys"));
    tagged.replace(Object.fromEntries(Object.entries(tagged.tags).filter(([name]) => !gone.has(name))));
    return { status: 204 };
  },
};
