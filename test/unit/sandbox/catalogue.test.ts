import assert from "node:assert/strict";
import { remarks } from "../../../sandbox/database/catalogue";

describe("remarks", () => {
  it("names tables without a key and those with more than one key column", () => {
    assert.deepEqual(
      remarks([
        { schema: "public", table: "orders", key: ["order_id"] },
        { schema: "crm", table: "visits", key: ["day", "site"] },
        { schema: "public", table: "audit_log", key: [] },
        { schema: "public", table: "import", key: [] },
      ]),
      [
        "without a primary key, so DMS leaves them out: public.audit_log, public.import",
        "composite keys, which DMS must be told: crm.visits (day, site)",
      ],
    );
  });

  it("has nothing to say of tables with one key column each", () => {
    assert.deepEqual(remarks([{ schema: "public", table: "orders", key: ["order_id"] }]), []);
  });
});
