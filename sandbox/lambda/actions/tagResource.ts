import type { Operation } from "../operation";
import { taggedOf, tagsOf } from "./tags";

/** Adds tags to a function or a mapping. */
export const tagResource: Operation = {
  name: "TagResource",
  method: "POST",
  path: "/2017-03-31/tags/{Resource}",
  handle(request, service) {
    const tagged = taggedOf(request, service);
    tagged.replace(tagsOf(request.body, tagged.tags));
    return { status: 204 };
  },
};
