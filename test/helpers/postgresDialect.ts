import type { Dialect } from "../../components/consumers/warehouse/dialect";

/** PostgreSQL's jsonb in place of Redshift's SUPER. */
export const postgresDialect: Dialect = {
  json: (column, path) => `NULLIF(${column} #> '{${path.join(",")}}', 'null')`,
  text: (column, path, length) => `CAST(${column} #>> '{${path.join(",")}}' AS VARCHAR(${length}))`,
};
