import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readJson } from "./files.mjs";

/**
 * Runs `work` while no other process holds the lock file; where one does, calls `onWait` once with its process id
 * and waits. The file of a process that is gone is taken over. Two waiters can in theory both take one over in
 * the same instant; everything done under the lock is therefore made under a temporary name and renamed.
 */
export async function withLock(file, onWait, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!tryTake(file)) {
    const holder = readJson(file);
    if (holder === undefined || isGone(holder)) {
      putAside(file);
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await delay(200);
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** The file appears with its content in it (a link to one already written), so that nobody reads half of it. */
function tryTake(file) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isGone(holder) {
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** A rename, so that of two waiters only one removes the stale file. */
function putAside(file) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  rmSync(aside, { force: true });
}
