import type { FunctionRecord } from "../functionRecord";
import type { LambdaService } from "../operation";

/**
 * Ends a function's creation or update: it becomes Active, or its update Successful, once the answer is on its way.
 * A client that does not wait for that, as AWS asks it to, can be told so.
 */
export function activate(service: LambdaService, record: FunctionRecord): void {
  setImmediate(() => {
    const current = service.functions.find(record.configuration.FunctionName);
    if (current !== record) {
      return;
    }
    const {
      StateReason: _reason,
      StateReasonCode: _code,
      LastUpdateStatusReason: _updateReason,
      LastUpdateStatusReasonCode: _updateCode,
      ...configuration
    } = record.configuration;
    service.functions.save({
      ...record,
      configuration: { ...configuration, State: "Active", LastUpdateStatus: "Successful" },
    });
    service.runtime.retire(configuration.FunctionName);
  });
}
