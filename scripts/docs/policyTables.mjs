import { markers, row, withGenerated } from "./generated.mjs";

const MARKERS = markers("policyDocs.mjs", "policy/");

const GROUPS = ["capacity", "encryption", "network", "access"];

/** The tables of policies, one for each group, and those of the exceptions. */
export function policyTables(policies, actionExceptions, resourceExceptions) {
  return [
    ...GROUPS.map((group) => groupTable(group, policies)),
    exceptionTable("Wildcards in an action that `no-wildcard-action` allows", actionExceptions),
    exceptionTable("Actions on every resource that `no-wildcard-resource` allows", resourceExceptions),
  ].join("\n\n");
}

/** The page with its tables put anew. Throws where it has no markers. */
export function withTables(page, tables) {
  return withGenerated(page, tables, MARKERS);
}

function groupTable(group, policies) {
  const rows = policies
    .filter(({ about }) => about.group === group)
    .map((policy) => {
      const { about } = policy;
      const mends = policy.remediateResource ? " or `remediate`" : "";
      return row([
        `\`${policy.name}\``,
        `${about.what} ${about.why}`,
        about.remedy,
        settingsOf(about),
        (about.controls ?? []).join("<br>") || "–",
        about.severity,
        `\`${policy.enforcementLevel}\`${mends}`,
      ]);
    });
  const title = `${group[0].toUpperCase()}${group.slice(1)}`;
  const head = ["policy", "what, and why", "remedy", "settings (default)", "control", "severity", "level"];
  return [`### ${title}`, "", row(head), row(head.map(() => "---")), ...rows].join("\n");
}

function exceptionTable(title, exceptions) {
  const rows = exceptions.map(({ actions, only, reason }) =>
    row([actions.map((action) => `\`${action}\``).join(", "), only?.text ?? "–", reason]),
  );
  const head = ["actions", "only", "reason"];
  return [`### ${title}`, "", row(head), row(head.map(() => "---")), ...rows].join("\n");
}

function settingsOf({ settings = {} }) {
  const list = Object.entries(settings).map(
    ([name, { description, ...schema }]) =>
      `\`${name}\`: ${description} (\`${JSON.stringify(schema.default)}\`)`,
  );
  return list.join("<br>") || "–";
}
