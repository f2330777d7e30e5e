import assert from "node:assert/strict";
import { taskSettings } from "../../../../components/replication/taskSettings";

describe("taskSettings", () => {
  const settings = taskSettings();

  it("stop after the load, before the first change", () => {
    assert.equal(settings.FullLoadSettings.StopTaskCachedChangesNotApplied, true);
    assert.equal(settings.FullLoadSettings.StopTaskCachedChangesApplied, false);
  });

  it("never let DMS drop, empty or make anew a table", () => {
    assert.equal(settings.FullLoadSettings.TargetTablePrepMode, "DO_NOTHING");
    assert.equal(settings.ChangeProcessingDdlHandlingPolicy.HandleSourceTableDropped, false);
    assert.equal(settings.ChangeProcessingDdlHandlingPolicy.HandleSourceTableTruncated, false);
    assert.equal(settings.ChangeProcessingDdlHandlingPolicy.HandleSourceTableAltered, true);
  });

  it("let no failed row pass in silence", () => {
    const { ErrorBehavior: errors } = settings;
    for (const policy of [
      errors.DataErrorPolicy,
      errors.DataTruncationErrorPolicy,
      errors.TableErrorPolicy,
      errors.ApplyErrorUpdatePolicy,
    ]) {
      assert.equal(policy, "SUSPEND_TABLE");
    }
    assert.ok(!JSON.stringify(errors).includes("LOG_ERROR"));
  });

  it("turn on no control table that DynamoDB does not support", () => {
    const { ControlTablesSettings: control } = settings;
    assert.deepEqual(
      [
        control.HistoryTableEnabled,
        control.StatusTableEnabled,
        control.SuspendedTablesTableEnabled,
        control.FullLoadExceptionTableEnabled,
      ],
      [false, false, false, false],
    );
  });

  it("log every component, and name neither log group nor stream: the service refuses them in a request", () => {
    assert.equal(settings.Logging.EnableLogging, true);
    assert.deepEqual(
      settings.Logging.LogComponents.map((component) => component.Id),
      ["SOURCE_UNLOAD", "TARGET_LOAD", "SOURCE_CAPTURE", "TARGET_APPLY", "TASK_MANAGER"],
    );
    assert.ok(!JSON.stringify(settings).includes("CloudWatch"));
  });

  it("validate nothing: DMS cannot with a DynamoDB target", () => {
    assert.equal(settings.ValidationSettings.EnableValidation, false);
  });

  it("are the same text every time", () => {
    assert.equal(JSON.stringify(taskSettings()), JSON.stringify(taskSettings()));
  });
});
