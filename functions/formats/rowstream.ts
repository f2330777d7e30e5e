import { quote } from "../attributeValue";
import type { WriteEvent } from "../change";
import type { ChangeReference, ChangeSource } from "../changeEvent";

/** The change event itself (`ChangeEvent`), the format of a stack that chooses none. */
export function rowstream(source: ChangeSource): WriteEvent {
  const sourceMember = sourceText(source);
  return ({ op, id, key, before, after, changed, at, sequence, ref }) =>
    `{"v":1,"id":${id},"op":"${op}","source":${sourceMember},"key":${key},"old":${before},"new":${after},"changed":[${changed}],"at":"${at}","sequence":"${sequence}"${ref === undefined ? "" : `,"ref":${referenceText(ref)}`}}\n`;
}

function sourceText({ name, engine, schema, table }: ChangeSource): string {
  return `{"name":${quote(name)},"engine":${quote(engine)},"schema":${quote(schema)},"table":${quote(table)}}`;
}

/** A reference as JSON text. */
export function referenceText({ bucket, key, bytes, sha256 }: ChangeReference): string {
  return `{"bucket":${quote(bucket)},"key":${quote(key)},"bytes":${bytes},"sha256":"${sha256}"}`;
}
