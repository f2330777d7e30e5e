import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { unzipSync, type Zippable, zipSync } from "fflate";
import { ARCHIVE, type Properties, SIGNATURE } from "./properties";

/** The same content must give the same bytes: Lambda's hash of them is how a change of the code is told. */
const ZIP_OPTIONS = { mtime: new Date("1980-01-01T00:00:00Z"), os: 3, attrs: 0o644 << 16 } as const;

type Files = Map<string, Uint8Array>;

/**
 * The zip of an archive of the engine's: texts, files and folders by path, zips, and archives of these at any depth.
 *
 * @param root where paths begin that are not absolute: the project's folder, in which the engine runs the program
 * @throws Error that names what cannot be read, or is of a kind that is not to be had here (a URL)
 */
export function zipArchive(archive: unknown, root: string): Uint8Array {
  const files: Files = new Map();
  addArchive(files, "", archive as Properties, root);
  const names = [...files.keys()].sort();
  const content: Zippable = {};
  for (const name of names) {
    content[name] = [files.get(name) as Uint8Array, ZIP_OPTIONS];
  }
  return zipSync(content);
}

function addArchive(files: Files, at: string, archive: Properties, root: string): void {
  if (typeof archive.path === "string") {
    addPath(files, at, archive.path, root);
  } else if (typeof archive.assets === "object" && archive.assets !== null) {
    for (const [name, member] of Object.entries(archive.assets as Record<string, Properties>)) {
      addMember(files, at === "" ? name : `${at}/${name}`, member, root);
    }
  } else {
    throw new Error(`${at || "the archive"}: ${source(archive)}; the sandbox takes texts and paths`);
  }
}

function addMember(files: Files, at: string, member: Properties, root: string): void {
  if (member[SIGNATURE] === ARCHIVE) {
    addArchive(files, at, member, root);
  } else if (typeof member.text === "string") {
    files.set(at, Buffer.from(member.text));
  } else if (typeof member.path === "string") {
    files.set(at, readFileSync(existing(member.path, root)));
  } else {
    throw new Error(`${at}: ${source(member)}; the sandbox takes texts and paths`);
  }
}

function source(asset: Properties): string {
  return typeof asset.uri === "string" ? `its content is at ${asset.uri}` : "it has no content";
}

function addPath(files: Files, at: string, path: string, root: string): void {
  const absolute = existing(path, root);
  if (statSync(absolute).isDirectory()) {
    addFolder(files, at, absolute);
    return;
  }
  if (!/\.(zip|jar)$/.test(absolute)) {
    throw new Error(`"${basename(path)}" is no folder and no zip; an archive must be one of them`);
  }
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(absolute)))) {
    if (!name.endsWith("/")) {
      files.set(at === "" ? name : `${at}/${name}`, bytes);
    }
  }
}

function addFolder(files: Files, at: string, folder: string): void {
  for (const entry of readdirSync(folder)) {
    const [inside, path] = [at === "" ? entry : `${at}/${entry}`, join(folder, entry)];
    if (statSync(path).isDirectory()) {
      addFolder(files, inside, path);
    } else {
      files.set(inside, readFileSync(path));
    }
  }
}

function existing(path: string, root: string): string {
  const absolute = resolve(root, path);
  if (statSync(absolute, { throwIfNoEntry: false }) === undefined) {
    throw new Error(
      `"${path}" is not in ${root}; run the program from the folder that the sandbox was started in, after a build`,
    );
  }
  return absolute;
}
