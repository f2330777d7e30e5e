/**
 * What a lock file asks for and an installed tree lacks: the paths of packages that are absent or differ, given
 * package-lock.json's `packages` and those of node_modules/.package-lock.json, which npm writes last of all.
 * A package for another platform is not asked for; nor is an optional one that names a libc, since a platform has
 * one of several.
 */
export function missingPackages(locked, installed, platform = process.platform, arch = process.arch) {
  return Object.entries(locked)
    .filter(([location, entry]) => location !== "" && isWanted(entry, platform, arch))
    .filter(([location, entry]) => !isSame(entry, installed[location]))
    .map(([location]) => location);
}

function isWanted(entry, platform, arch) {
  if (!entry.optional) return true;
  return entry.libc === undefined && isListed(entry.os, platform) && isListed(entry.cpu, arch);
}

function isListed(names, name) {
  if (names === undefined) return true;
  return (
    names.includes(name) || (names.every((other) => other.startsWith("!")) && !names.includes(`!${name}`))
  );
}

function isSame(wanted, found) {
  return found !== undefined && found.version === wanted.version && found.integrity === wanted.integrity;
}
