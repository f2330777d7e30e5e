/** An attribute of a DynamoDB primary key. */
export interface KeyAttribute {
  /** The attribute's name, as in the table's key schema. */
  name: string;
  /** Its DynamoDB type: string, number or binary. */
  type: "S" | "N" | "B";
}

/**
 * One SQL table and the DynamoDB table that DMS made of it. The driver discovers these, pass 2 adopts them, and
 * the stack keeps them in its output `tables`, from where every later run of the program reads them.
 */
export interface ReplicatedTable {
  /** The DynamoDB table's name. */
  tableName: string;
  /** The schema in the source database. */
  schema: string;
  /** The table's name in the source database. */
  table: string;
  /** The DynamoDB table's partition key. */
  partitionKey: KeyAttribute;
  /** The DynamoDB table's sort key; absent where the table has none. */
  sortKey?: KeyAttribute;
}
