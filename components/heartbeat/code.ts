/** What the schedule and the driver call. */
export type HeartbeatHandler = ReturnType<typeof import("../../functions/heartbeat").createHeartbeat>;

/** The function that Pulumi serializes, as short as the fan-in's and for the same reasons. */
export function heartbeatCallback(): () => HeartbeatHandler {
  return () => {
    // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
    const { createHeartbeat } =
      require("./dist/lambda/heartbeat.js") as typeof import("../../functions/heartbeat");
    return createHeartbeat(process.env);
  };
}
