import type { Invoke } from "..";

/** aws.getPartition. */
export const getPartition: Invoke = (_args, { partition }) => ({
  id: partition,
  partition,
  dnsSuffix: "amazonaws.com",
  reverseDnsPrefix: "com.amazonaws",
});
