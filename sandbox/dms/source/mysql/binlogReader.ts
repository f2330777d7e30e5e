import { dirname, join } from "node:path";
import ZongJi from "@vlasky/zongji";
import type { ConnectionOptions } from "mysql2";

/** What the reader takes a table's description apart with; a part of it that it does not publish. */
interface TableMapPrototype {
  /** The type of a column, by which the lists of character sets are read. */
  _effectiveColumnType(column: number): number;
  _readOptionalMetadata(parser: unknown, reader: { isMariaDb: boolean }): void;
}

const GEOMETRY = 255;
const BLOB = 252;

/**
 * MariaDB's log counts spatial columns among those that have a character set, which the reader (0.9.0) does only for
 * BLOBs: the columns behind one would be decoded by the set of another, or be taken for binary. It is shown a BLOB.
 */
function countGeometryAsBlob(prototype: TableMapPrototype): void {
  const { _readOptionalMetadata: read, _effectiveColumnType: typeOf } = prototype;
  prototype._readOptionalMetadata = function (parser, reader) {
    if (reader.isMariaDb) {
      this._effectiveColumnType = (column) => {
        const type = typeOf.call(this, column);
        return type === GEOMETRY ? BLOB : type;
      };
    }
    try {
      read.call(this, parser, reader);
    } finally {
      delete (this as Partial<TableMapPrototype>)._effectiveColumnType;
    }
  };
}

const events = join(dirname(require.resolve("@vlasky/zongji")), "lib", "binlog_event.js");
const { TableMap } = require(events) as { TableMap: { prototype: TableMapPrototype } };
countGeometryAsBlob(TableMap.prototype);

/** A reader of the binary log that does not run yet. */
export function binlogReader(options: ConnectionOptions): ZongJi {
  return new ZongJi(options);
}
