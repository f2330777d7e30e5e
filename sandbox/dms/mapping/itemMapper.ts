import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Behaviour } from "../behaviour";
import type { Cell, SourceTable } from "../source/source";
import type { ObjectMappingRule } from "./tableMappings";

/** An attribute of a target table's key. */
export interface KeyAttribute {
  name: string;
  type: "S" | "N";
}

/** Where a table's rows go. */
export interface TargetTable {
  tableName: string;
  partitionKey: KeyAttribute;
  sortKey?: KeyAttribute;
}

/** A row in DynamoDB's terms. */
export interface MappedRow {
  key: Record<string, AttributeValue>;
  /** The attributes beside the key's. */
  attributes: Record<string, AttributeValue>;
  /** The attributes that the row has not: NULL in the source. */
  absent: string[];
}

/** A table cannot be mapped to DynamoDB; the message is the reason, as the task's log gives it. */
export class MappingFault extends Error {
  override name = "MappingFault";
}

type Attribute = { name: string; value: (row: Cell[]) => Cell };

/** A template such as `${a}#${b}`: the columns by their place, between literal texts. */
function compileTemplate(template: string, table: SourceTable): (row: Cell[]) => Cell {
  const parts = template.split(/\$\{([^}]*)\}/);
  const places = parts.map((part, index) => {
    if (index % 2 === 0) {
      return -1;
    }
    const place = table.columns.findIndex((column) => column.name === part);
    if (place < 0) {
      throw new MappingFault(
        `the attribute mapping '${template}' names the column ${part}, which the table has not`,
      );
    }
    return place;
  });
  return (row) => {
    let text = "";
    for (let index = 0; index < parts.length; index++) {
      const place = places[index] as number;
      if (place < 0) {
        text += parts[index];
        continue;
      }
      const cell = row[place];
      if (cell === undefined) {
        return undefined;
      }
      text += cell === null ? "" : cellText(cell);
    }
    return { S: text };
  };
}

function cellText(cell: AttributeValue): string {
  return cell.S ?? cell.N ?? String(cell.BOOL);
}

/** Why DMS refuses a table; undefined where it takes it. */
function refusal(table: SourceTable): string | undefined {
  if (table.primaryKey.length === 0) {
    return "has no primary key: a DynamoDB target needs one, or an object mapping that names the key";
  }
  if (table.primaryKey.length > 1) {
    return `has a composite primary key (${table.primaryKey.join(", ")}): a DynamoDB target needs an object mapping with a partition key for it`;
  }
  return undefined;
}

/** Makes items of a table's rows, by the rules of one definition of the table. */
export class ItemMapper {
  readonly target: TargetTable;
  private readonly keyAttributes: Attribute[];
  private readonly attributes: Attribute[];

  /** @throws MappingFault where DMS replicates no such table to DynamoDB */
  constructor(table: SourceTable, rule: ObjectMappingRule | undefined, behaviour: Behaviour) {
    const all = rule === undefined ? plainAttributes(table) : ruledAttributes(table, rule);
    this.target = rule === undefined ? plainTarget(table, behaviour) : ruledTarget(table, rule, all);
    const keys = [this.target.partitionKey, this.target.sortKey].filter((key) => key !== undefined);
    this.keyAttributes = keys.map(({ name, type }) => {
      const found = all.find((attribute) => attribute.name === name);
      if (found === undefined) {
        throw new MappingFault(`has no attribute ${name} for the key: map it, or do not exclude its column`);
      }
      return type === "S" ? asString(found) : found;
    });
    this.attributes = all.filter((attribute) => !keys.some((key) => key.name === attribute.name));
  }

  /** The key that a row has; undefined where the row does not carry all of it. */
  key(row: Cell[]): Record<string, AttributeValue> | undefined {
    const key: Record<string, AttributeValue> = {};
    for (const { name, value } of this.keyAttributes) {
      const cell = value(row);
      if (cell === null || cell === undefined) {
        return undefined;
      }
      key[name] = cell;
    }
    return key;
  }

  /** The item of a row; undefined where the row does not carry all of its key. */
  map(row: Cell[]): MappedRow | undefined {
    const key = this.key(row);
    if (key === undefined) {
      return undefined;
    }
    const attributes: Record<string, AttributeValue> = {};
    const absent: string[] = [];
    for (const { name, value } of this.attributes) {
      const cell = value(row);
      if (cell === null) {
        absent.push(name);
      } else if (cell !== undefined) {
        attributes[name] = cell;
      }
    }
    return { key, attributes, absent };
  }
}

function asString({ name, value }: Attribute): Attribute {
  return {
    name,
    value: (row) => {
      const cell = value(row);
      return cell === null || cell === undefined ? cell : { S: cellText(cell) };
    },
  };
}

function plainAttributes(table: SourceTable): Attribute[] {
  return table.columns.map(({ name }, place) => ({ name, value: (row) => row[place] }));
}

function plainTarget(table: SourceTable, behaviour: Behaviour): TargetTable {
  const reason = refusal(table);
  if (reason !== undefined) {
    throw new MappingFault(reason);
  }
  const [name = ""] = table.primaryKey;
  const numeric = table.columns.find((column) => column.name === name)?.numeric === true;
  return {
    tableName: behaviour.tableName === "table" ? table.name : `${table.schema}_${table.name}`,
    partitionKey: { name, type: numeric ? behaviour.numericKey : "S" },
  };
}

function ruledAttributes(table: SourceTable, rule: ObjectMappingRule): Attribute[] {
  const parameters = rule["mapping-parameters"];
  const mapped = parameters["attribute-mappings"].map((mapping) => ({
    name: mapping["target-attribute-name"],
    value: compileTemplate(mapping.value, table),
  }));
  const taken = new Set([...parameters["exclude-columns"], ...mapped.map(({ name }) => name)]);
  return [...mapped, ...plainAttributes(table).filter(({ name }) => !taken.has(name))];
}

/** A mapped attribute is a string; a column that is taken as it is has its own type. */
function ruledTarget(table: SourceTable, rule: ObjectMappingRule, attributes: Attribute[]): TargetTable {
  const parameters = rule["mapping-parameters"];
  const mapped = new Set(parameters["attribute-mappings"].map((mapping) => mapping["target-attribute-name"]));
  const keyAttribute = (name: string): KeyAttribute => {
    if (!attributes.some((attribute) => attribute.name === name)) {
      throw new MappingFault(`the object mapping's key ${name} is neither a mapped attribute nor a column`);
    }
    const numeric = table.columns.find((column) => column.name === name)?.numeric === true;
    return { name, type: numeric && !mapped.has(name) ? "N" : "S" };
  };
  const sortKey = parameters["sort-key-name"];
  return {
    tableName: rule["target-table-name"],
    partitionKey: keyAttribute(parameters["partition-key-name"]),
    ...(sortKey === undefined ? {} : { sortKey: keyAttribute(sortKey) }),
  };
}
