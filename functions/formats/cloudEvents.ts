import { quote } from "../attributeValue";
import type { WriteEvent } from "../change";
import type { ChangeSource } from "../changeEvent";
import { rowstream } from "./rowstream";

/** The `$id` of `changeEvent.schema.json`, which describes the `data`. */
const DATA_SCHEMA = "urn:rowstream:change-event:1";

/**
 * CloudEvents 1.0 in the structured mode of its JSON event format (CloudEvents specification 1.0.2, JSON Event Format
 * for CloudEvents): the change event is the `data`, and what routers and filters go by stands beside it.
 *
 * `source` is `/<source>/<schema>/<table>`, percent-encoded; `subject` the row's key as JSON text; `type`
 * `rowstream.<op>`. `sequence` is the extension of that name (CloudEvents, Documented Extensions): it sorts as text.
 */
export function cloudEvents(source: ChangeSource): WriteEvent {
  const writeData = rowstream(source);
  const path = [source.name, source.schema, source.table].map(encodeURIComponent).join("/");
  const sourceMember = quote(`/${path}`);
  return (change) => {
    const { op, id, key, at, sequence } = change;
    const data = writeData(change).slice(0, -1);
    return `{"specversion":"1.0","id":${id},"source":${sourceMember},"type":"rowstream.${op}","subject":${quote(key)},"time":"${at}","sequence":"${sequence}","datacontenttype":"application/json","dataschema":"${DATA_SCHEMA}","data":${data}}\n`;
  };
}
