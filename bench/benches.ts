import type { Bench } from "./bench";
import { coldStart } from "./coldStart/coldStart";
import { endToEnd } from "./endToEnd/endToEnd";
import { fanIn } from "./fanIn/fanIn";
import { policies } from "./policies/policies";
import { secondPass } from "./secondPass/secondPass";
import { start } from "./start/start";
import { throttling } from "./throttling/throttling";

/** Every bench, by the name that `npm run bench` takes. */
export const benches: Readonly<Record<string, Bench>> = {
  fanin: fanIn,
  coldstart: coldStart,
  throttling,
  secondpass: secondPass,
  policies,
  start,
  endtoend: endToEnd,
};
