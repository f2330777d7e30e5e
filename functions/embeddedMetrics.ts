/** Metrics by name, all of one unit. */
export type Metrics = Record<string, number>;

/** A unit of CloudWatch's. */
export type MetricUnit = "Count" | "Milliseconds";

/** The namespace of rowstream's own metrics in CloudWatch. */
export const METRIC_NAMESPACE = "rowstream";

/** The dimension that tells one pipeline's metrics from another's: the name of its change stream. */
export const METRIC_DIMENSION = "ChangeStream";

/**
 * One line of a function's log that CloudWatch turns into metrics by itself (CloudWatch user guide, "Specification:
 * Embedded metric format"): no call, and no right but to write the log.
 *
 * @param stream the change stream's name
 * @param timestamp milliseconds since 1970
 * @param unit what the metrics count. Default: `Count`.
 */
export function metricsLine(
  stream: string,
  metrics: Metrics,
  timestamp: number,
  unit: MetricUnit = "Count",
): string {
  return dimensionedLine({ [METRIC_DIMENSION]: stream }, metrics, timestamp, unit);
}

/**
 * The same with dimensions of the caller's.
 *
 * @param dimensions values by the names of the dimensions, which are to be no names of metrics
 */
export function dimensionedLine(
  dimensions: Record<string, string>,
  metrics: Metrics,
  timestamp: number,
  unit: MetricUnit = "Count",
): string {
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [Object.keys(dimensions)],
          Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: unit })),
        },
      ],
    },
    ...dimensions,
    ...metrics,
  });
}

/**
 * Writes metrics to the function's log. Not by the console, before whose lines Lambda sets the time and the request:
 * CloudWatch reads an event that is the document and nothing else.
 */
export function writeMetrics(stream: string, metrics: Metrics, unit?: MetricUnit): void {
  process.stdout.write(`${metricsLine(stream, metrics, Date.now(), unit)}\n`);
}
