/** The input of one PutMetricData, as AWS JSON. */
export interface MetricData {
  Namespace: string;
  MetricData: {
    MetricName: string;
    Dimensions: { Name: string; Value: string }[];
    /** Seconds since 1970. */
    Timestamp: number;
    Unit: string;
    Value: number;
  }[];
}

/** The part of a document that says which of its members are metrics. */
interface Directive {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string; Unit?: string }[];
}

/**
 * The metrics that a line of a log is a document of (CloudWatch user guide, "Specification: Embedded metric format");
 * none where it is any other line. Of a metric's value, a number is read; lists of them, which the format has too, are
 * written by nothing here.
 */
export function metricDataOf(line: string): MetricData[] {
  if (!line.startsWith("{") || !line.includes('"CloudWatchMetrics"')) {
    return [];
  }
  const document = parsed(line);
  const { Timestamp = 0, CloudWatchMetrics = [] } = document?._aws ?? {};
  return CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => ({
    Namespace,
    MetricData: Dimensions.flatMap((names) =>
      Metrics.flatMap(({ Name: MetricName, Unit = "None" }) => {
        const Value = document?.[MetricName];
        return typeof Value !== "number"
          ? []
          : [
              {
                MetricName,
                Dimensions: names.map((Name) => ({ Name, Value: String(document?.[Name]) })),
                Timestamp: Timestamp / 1000,
                Unit,
                Value,
              },
            ];
      }),
    ),
  }));
}

type Document = Record<string, unknown> & {
  _aws?: { Timestamp?: number; CloudWatchMetrics?: Directive[] };
};

function parsed(line: string): Document | undefined {
  try {
    return JSON.parse(line) as Document;
  } catch {
    return undefined;
  }
}
