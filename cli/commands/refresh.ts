import { refresh as refreshStack } from "../../automation/refresh";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";

/** Brings the stack's state in line with what is there. */
export async function refresh(context: Context, options: GlobalOptions): Promise<void> {
  await refreshStack(workspaceOptions(context, options));
}
