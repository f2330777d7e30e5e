import type { NeedsOf, Service } from "./call";

const MAPPINGS = /^\/2015-03-31\/event-source-mappings\/?$/;

const needs: NeedsOf = ({ method, path }) =>
  method === "GET" && MAPPINGS.test(path)
    ? [{ action: "lambda:ListEventSourceMappings", resource: "*" }]
    : undefined;

/** AWS Lambda, as a role uses it: it looks. */
export const lambda: Service = { needs, protocol: "json", standIn: "lambda" };
