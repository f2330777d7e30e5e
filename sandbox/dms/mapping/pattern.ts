const cache = new Map<string, RegExp>();

/** `%` any text, `_` any one character, `[…]` one of the characters (`[_]` is an underscore); the rest is literal. */
function toRegExp(pattern: string): RegExp {
  const parts = pattern.match(/\[[^\]]+\]|%|_|[\s\S]/gu) ?? [];
  const source = parts
    .map((part) => {
      if (part === "%") {
        return "[\\s\\S]*";
      }
      if (part === "_") {
        return "[\\s\\S]";
      }
      if (part.length > 1 && part.startsWith("[")) {
        return `[${part.slice(1, -1).replaceAll(/[\\\]^-]/g, "\\$&")}]`;
      }
      return part.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`, "u");
}

/** Whether a name matches a pattern of a DMS rule (user guide, TableMapping.SelectionTransformation.Wildcards). */
export function patternMatches(pattern: string, name: string): boolean {
  let expression = cache.get(pattern);
  if (expression === undefined) {
    expression = toRegExp(pattern);
    cache.set(pattern, expression);
  }
  return expression.test(name);
}
