/**
 * The first version number in a text as [major, minor, patch], missing parts 0; undefined where there is none.
 * Takes what programs print: "v3.250.0", "go1.26.1", "Python 3.14.0rc1", "postgres (PostgreSQL) 18beta1". A
 * pre-release counts as its release: none of the minimums here turns on the difference.
 */
export function parseVersion(text) {
  const match = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text);
  return match ? [1, 2, 3].map((part) => Number(match[part] ?? 0)) : undefined;
}

/** Negative where a is older than b, 0 where they are equal, positive where it is newer. */
export function compareVersions(a, b) {
  for (let part = 0; part < 3; part++) {
    if (a[part] !== b[part]) return a[part] - b[part];
  }
  return 0;
}

/** Whether the text's version is minimum (a text too) or newer; false where the text has none. */
export function isAtLeast(text, minimum) {
  const version = parseVersion(text);
  return version !== undefined && compareVersions(version, parseVersion(minimum)) >= 0;
}

/**
 * Whether a version satisfies a range as package.json's `engines` has them here: `>=1.2.3` and `^1.2.3`, joined
 * by `||`. Throws on any other form rather than guess.
 */
export function satisfies(text, range) {
  const version = parseVersion(text);
  return range.split("||").some((alternative) => {
    const match = /^(>=|\^)\s*(\d+\.\d+\.\d+)$/.exec(alternative.trim());
    if (!match)
      throw new TypeError(`cannot read the version range "${range}": use >=1.2.3 or ^1.2.3, joined by ||`);
    const minimum = parseVersion(match[2]);
    const sameMajor = match[1] === ">=" || version[0] === minimum[0];
    return sameMajor && compareVersions(version, minimum) >= 0;
  });
}
