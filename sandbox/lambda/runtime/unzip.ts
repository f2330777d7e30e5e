import { createWriteStream } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fromBufferPromise, type ZipFile } from "yauzl";
import { ApiError } from "../apiError";

/** The most that a function's code may take unpacked, in bytes (AWS Lambda quotas). */
export const MAXIMUM_UNZIPPED_BYTES = 262_144_000;

/** The bits of a zip entry's external attributes that hold the Unix permissions. */
const PERMISSION_SHIFT = 16;

async function writeEntries(zip: ZipFile, directory: string): Promise<void> {
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    // yauzl has refused names that lead out of the folder (absolute ones and "..") before they get here.
    const path = join(directory, entry.fileName);
    if (entry.fileName.endsWith("/")) {
      await mkdir(path, { recursive: true });
      continue;
    }
    total += entry.uncompressedSize;
    if (total > MAXIMUM_UNZIPPED_BYTES) {
      throw new ApiError(
        "InvalidParameterValueException",
        `Unzipped size must be smaller than ${MAXIMUM_UNZIPPED_BYTES} bytes`,
      );
    }
    await mkdir(dirname(path), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
    const mode = (entry.externalFileAttributes >>> PERMISSION_SHIFT) & 0o777;
    await chmod(path, mode === 0 ? 0o644 : mode);
  }
}

/**
 * Unpacks a deployment package into a folder that must not exist yet; a run that is interrupted leaves no such
 * folder behind.
 * @throws ApiError InvalidParameterValueException where it is no zip or too large unpacked
 */
export async function unzip(archive: Buffer, directory: string): Promise<void> {
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await writeEntries(await fromBufferPromise(archive), partial);
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (error instanceof ApiError || (error as NodeJS.ErrnoException).syscall !== undefined) {
      throw error;
    }
    throw new ApiError(
      "InvalidParameterValueException",
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    );
  }
}
