import path from "node:path";
import { pathToFileURL } from "node:url";

/** The checkout's top folder, seen from a compiled test. */
export const checkout = path.resolve(__dirname, "..", "..", "..");

/** Loads a module of scripts/, which is plain JavaScript outside the compiled project, as what the caller says it is. */
export async function loadScript<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(path.join(checkout, "scripts", name)).href)) as Module;
}
