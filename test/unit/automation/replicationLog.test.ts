import assert from "node:assert/strict";
import { errorText, reasonFinder } from "../../../automation/replicationLog";

describe("the replication's log", () => {
  it("gives the text of error lines only, without the source position", () => {
    const line =
      "2026-11-23T14:15:04 [TASK_MANAGER    ]E:  Table 'public'.'audit' has no primary key  (endpoint.c:812)";
    assert.equal(errorText(line), "Table 'public'.'audit' has no primary key");
    assert.equal(
      errorText("2026-11-23T14:15:04 [TASK_MANAGER    ]I:  Start loading table 'public'.'audit'"),
      undefined,
    );
  });

  it("finds the last line that names a table, however it is quoted", () => {
    const reasonOf = reasonFinder([
      'Table "public"."audit" is odd',
      "Table 'public'.'audit' has no primary key",
      "Table public.orders was lost",
    ]);
    assert.equal(reasonOf("public", "audit"), "Table 'public'.'audit' has no primary key");
    assert.equal(reasonOf("public", "orders"), "Table public.orders was lost");
  });

  it("does not take a longer name for the table's", () => {
    const reasonOf = reasonFinder(["Table public.audit_log failed", "Table my.public.audit failed"]);
    assert.equal(reasonOf("public", "audit"), undefined);
  });

  it("takes a table's name as text, not as a pattern", () => {
    const reasonOf = reasonFinder(["Table public.a$b failed"]);
    assert.equal(reasonOf("public", "a$b"), "Table public.a$b failed");
    assert.equal(reasonOf("public", "a.b"), undefined);
  });
});
