/**
 * A shape of the SDK as it is on the wire, where JSON 1.1 has no dates: a timestamp is seconds since 1970, with
 * fractions. The stand-in keeps its resources in this form.
 */
export type Wire<T> = T extends Date
  ? number
  : T extends (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/** The time now, as the wire has it. */
export function wireNow(): number {
  return Date.now() / 1000;
}
