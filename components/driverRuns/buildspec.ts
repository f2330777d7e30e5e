/** How long before the project's time-out the driver is asked to end in order, in minutes. */
const WIND_DOWN_MINUTES = 30;

/**
 * The commands of a build, in CodeBuild's form (user guide, "Build specification reference"; JSON is YAML).
 *
 * A build that reaches its time-out is killed, and an update that is killed leaves the lock of a state in a bucket
 * behind, which no later run may take away. So the driver is asked to stop half an hour before: it ends what is under
 * way, and the next run goes on from there. `--foreground` has the signal reach the driver alone; a second one, which
 * the whole group would hand on, makes it drop what it does.
 *
 * @param timeoutMinutes the project's time-out, which counts the set-up, too
 */
export function buildspec(timeoutMinutes: number): string {
  const minutes = timeoutMinutes - WIND_DOWN_MINUTES;
  return JSON.stringify(
    {
      version: 0.2,
      phases: {
        install: {
          "runtime-versions": { nodejs: 22, python: 3.12 },
          commands: ["npm run setup"],
        },
        build: {
          commands: [
            `timeout --foreground --signal=INT ${minutes}m node bin/rowstream.js up --stack "$ROWSTREAM_STACK" --yes`,
          ],
        },
      },
    },
    undefined,
    2,
  );
}
