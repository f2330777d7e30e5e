import { type DoctorOptions as Examine, doctor as examine } from "../../automation/doctor/doctor";
import { countOf } from "../../automation/doctor/finding";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { EXIT } from "../exitCodes";
import { doctorReport } from "../render/doctorReport";

/** Options of `rowstream doctor`. */
export interface DoctorOptions extends GlobalOptions {
  source?: string;
  output: "pretty" | "json";
}

/** Examines the source; ends with code 1 where there is an error. */
export async function doctor(context: Context, options: DoctorOptions): Promise<void> {
  const ofStack = options.source === undefined || options.stack !== undefined || options.sandbox === true;
  const report = await examine({
    ...(ofStack && { workspace: workspaceOptions(context, options) }),
    ...(options.source !== undefined && { sourceUrl: options.source }),
    onProgress: (text) => context.progress.show({ kind: "live", text }),
    signal: context.interrupt.signal,
  } satisfies Examine);
  context.progress.close();
  process.stdout.write(
    options.output === "json" ? `${JSON.stringify(report, null, 2)}\n` : doctorReport(report),
  );
  if (countOf(report.findings, "error") > 0) {
    process.exitCode = EXIT.failure;
  }
}
