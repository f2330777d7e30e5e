/** How the command ends; `--help` lists these. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** The command did its work, and what it looked at needs a person. */
  attention: 3,
  interrupted: 130,
  terminated: 143,
} as const;
