/** The spatial types by their names' ends: `multilinestring`, `geomcollection`. */
const BINARY =
  /^(binary|varbinary|(tiny|medium|long)?blob|vector)$|(geometry|point|linestring|polygon|collection)$/;

/**
 * Whether a type of MySQL or MariaDB is BYTES or BLOB to DMS, which no DynamoDB target takes (AWS DMS user guide,
 * CHAP_Source.MySQL). One bit is a boolean, more are bytes.
 *
 * @param name DATA_TYPE in `information_schema.COLUMNS`: `varbinary`
 * @param declared COLUMN_TYPE: `bit(9)`
 */
export function isBinary(name: string, declared: string): boolean {
  return BINARY.test(name) || (name === "bit" && declared !== "bit(1)");
}
