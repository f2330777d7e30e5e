import { type StackFinding, type StackResource, type StackView, stackPolicy } from "../lib/policy";
import { known } from "../lib/unknown";

const TABLE = "aws:dynamodb/table:Table";
const TARGET = "aws:appautoscaling/target:Target";

const DIMENSIONS = ["Read", "Write"] as const;
type Dimension = (typeof DIMENSIONS)[number];

export const tableAutoscaled = stackPolicy<{ maxUnits: number }>(
  {
    group: "capacity",
    name: "table-autoscaled",
    what: "A table with provisioned capacity is autoscaled, reads and writes, up to a bound.",
    why: "A fixed capacity is either paid for while it is idle, or throttles DMS when the source is busy.",
    remedy:
      "give the table an appautoscaling Target for both dimensions, or set billingMode to PAY_PER_REQUEST",
    severity: "medium",
    controls: ["SecurityHub.DynamoDB.1", "WellArchitected.COST09-BP03"],
    settings: {
      maxUnits: {
        type: "integer",
        default: 40_000,
        description: "The most units that one table may scale to",
      },
    },
  },
  (stack, { maxUnits }) =>
    provisionedTables(stack).flatMap((table) =>
      DIMENSIONS.flatMap((dimension): StackFinding[] => {
        const most = scalesTo(stack, table, dimension);
        const what = `${dimension.toLowerCase()} capacity`;
        if (most === undefined) return [{ urn: table.urn, finding: `the table's ${what} is not autoscaled` }];
        if (most <= maxUnits) return [];
        return [
          { urn: table.urn, finding: `the table's ${what} scales to ${most} units, above ${maxUnits}` },
        ];
      }),
    ),
);

export const provisionedTotal = stackPolicy<{ maxUnits: number }>(
  {
    group: "capacity",
    name: "provisioned-total",
    what: "All provisioned tables together stay within the account's quota.",
    why: "Where the quota is used up, the autoscaler and DMS's next table are refused.",
    remedy:
      "lower the tables' bounds, set them to PAY_PER_REQUEST, or raise the quota and the policy's maxUnits",
    severity: "medium",
    controls: ["WellArchitected.REL01-BP01"],
    settings: {
      maxUnits: {
        type: "integer",
        default: 80_000,
        description: "The account's quota in the region, for reads and for writes",
      },
    },
  },
  (stack, { maxUnits }) =>
    DIMENSIONS.flatMap((dimension): StackFinding[] => {
      const tables = provisionedTables(stack);
      const total = tables.reduce((sum, table) => sum + unitsOf(stack, table, dimension), 0);
      const what = `${dimension.toLowerCase()} units`;
      return total > maxUnits
        ? [{ finding: `${tables.length} tables may use ${total} ${what} together, above ${maxUnits}` }]
        : [];
    }),
);

/** Provisioned is also what a table is that says nothing. */
function provisionedTables(stack: StackView): StackResource<typeof TABLE>[] {
  return stack.ofType(TABLE).filter(({ props }) => known(() => props.billingMode) !== "PAY_PER_REQUEST");
}

/** The bound of a table's autoscaling; undefined where there is none. */
function scalesTo(
  stack: StackView,
  table: StackResource<typeof TABLE>,
  dimension: Dimension,
): number | undefined {
  const target = stack
    .ofType(TARGET)
    .find(
      ({ props, sources }) =>
        known(() => props.scalableDimension) === `dynamodb:table:${dimension}CapacityUnits` &&
        (sources.resourceId?.some(({ urn }) => urn === table.urn) ||
          known(() => props.resourceId) === `table/${known(() => table.props.name)}`),
    );
  return target && (known(() => target.props.maxCapacity) ?? 0);
}

function unitsOf(stack: StackView, table: StackResource<typeof TABLE>, dimension: Dimension): number {
  const fixed = known(() => table.props[dimension === "Read" ? "readCapacity" : "writeCapacity"]) ?? 0;
  return Math.max(fixed, scalesTo(stack, table, dimension) ?? 0);
}
