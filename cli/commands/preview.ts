import { preview as previewStack } from "../../automation/preview";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { changeText } from "../render/eventLine";

/** Shows what an update would do. */
export async function preview(context: Context, options: GlobalOptions): Promise<void> {
  const { changes } = await previewStack(workspaceOptions(context, options));
  context.progress.close();
  process.stdout.write(`${changeText(changes)}\n`);
}
