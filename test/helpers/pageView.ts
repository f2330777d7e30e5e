import type { PipelineTable, PipelineView } from "../../page/model/wire";

/** A table of a pipeline that works. */
export function tableView(name: string, changes: Partial<PipelineTable> = {}): PipelineTable {
  return {
    name,
    replicated: true,
    published: true,
    state: "flowing",
    health: "good",
    rows: 500,
    applied: 0,
    ...changes,
  };
}

/** The sample's pipeline at work. */
export function pipelineView(changes: Partial<PipelineView> = {}): PipelineView {
  return {
    stack: "sandbox",
    region: "us-east-1",
    sandbox: true,
    source: { name: "shop", engine: "postgres" },
    replication: { kind: "instance", state: "running", health: "good", lagMs: null },
    tables: [
      tableView("public.customers", { rows: 500 }),
      tableView("public.order_lines", { rows: 6_012 }),
      tableView("public.orders", { rows: 2_000 }),
      tableView("public.payments", { rows: 1_380 }),
      tableView("public.products", { rows: 80 }),
    ],
    fanIn: { name: "rowstream-fan-in", lagMs: null },
    stream: { name: "rowstream-changes", format: "rowstream" },
    consumers: [],
    findings: [],
    problem: null,
    ...changes,
  };
}
