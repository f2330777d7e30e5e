/** The user asked for something the command cannot do; ends with exit code 2 and no stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

/** The user said no at a prompt; ends with exit code 1. */
export class DeclinedError extends Error {
  override readonly name = "DeclinedError";
}

/** The sandbox did not come up, or a part of it is gone; the message says all there is to say. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}
