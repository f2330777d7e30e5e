import { deploy } from "../../automation/deploy";
import { preview } from "../../automation/preview";
import { confirm, requireConsent } from "../confirm";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { changeText } from "../render/eventLine";

/** Options of `rowstream up`. */
export interface UpOptions extends GlobalOptions {
  yes?: boolean;
  restart?: boolean;
  skipDoctor?: boolean;
}

/** Shows what pass 1 would do, asks, then deploys. */
export async function up(context: Context, options: UpOptions): Promise<void> {
  requireConsent(options.yes);
  const workspace = { ...workspaceOptions(context, options), missing: "create" as const };
  const examine = !options.skipDoctor;
  if (!options.yes) {
    const { changes } = await preview({ ...workspace, doctor: examine });
    context.progress.show({
      kind: "note",
      text: `the update of stack "${workspace.stackName}": ${changeText(changes)}`,
    });
    await confirm(
      context,
      "Go ahead? (Tables that DMS has made since, and are not in the stack yet, are taken in after that.)",
    );
  }
  const { outputs } = await deploy({
    ...workspace,
    restart: options.restart ?? false,
    // The preview has done it.
    doctor: examine && options.yes === true,
  });
  context.progress.close();
  process.stdout.write(
    `change stream: ${outputs.streamName} (${outputs.region})\ntables: ${outputs.tableNames.join(", ") || "none"}\n`,
  );
}
