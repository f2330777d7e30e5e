const CONTROL_TABLE = /^awsdms_/i;

/** True for a table DMS keeps for itself, in the source or in DynamoDB. */
export function isControlTable(name: string): boolean {
  return CONTROL_TABLE.test(name);
}
