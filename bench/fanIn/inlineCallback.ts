import { attributeOf, quote, sameValue, valueText } from "../../functions/attributeValue";
import type { AttributeMap, AttributeValue, StreamRecord } from "../../functions/dynamoDbStream";

function imageText(map: AttributeMap | undefined): string {
  if (map === undefined) {
    return "null";
  }
  let text = "";
  for (const name in map) {
    text += `${text === "" ? "" : ","}${quote(name)}:${valueText(map[name] as AttributeValue, name)}`;
  }
  return `{${text}}`;
}

function changedColumns(before: AttributeMap, after: AttributeMap): string {
  const names = Object.keys(after).filter((name) => {
    const old = attributeOf(before, name);
    return old === undefined || !sameValue(old, after[name] as AttributeValue);
  });
  names.push(...Object.keys(before).filter((name) => attributeOf(after, name) === undefined));
  return names.map(quote).join(",");
}

/** A fan-in whose logic is written into the callback itself, for Pulumi to serialize. */
export function inlineCallback(source: string): (records: readonly StreamRecord[]) => number {
  return (records) => {
    let bytes = 0;
    for (const { eventID = "", eventName, dynamodb = {} } of records) {
      const { Keys, OldImage, NewImage, SequenceNumber = "", ApproximateCreationDateTime = 0 } = dynamodb;
      const changed =
        OldImage !== undefined && NewImage !== undefined ? changedColumns(OldImage, NewImage) : "";
      const at = new Date(ApproximateCreationDateTime * 1000).toISOString();
      const text = `{"v":1,"id":${quote(eventID)},"op":"${eventName}","source":${source},"key":${imageText(Keys)},"old":${imageText(OldImage)},"new":${imageText(NewImage)},"changed":[${changed}],"at":"${at}","sequence":"${SequenceNumber.padStart(40, "0")}"}\n`;
      bytes += Buffer.from(text).byteLength;
    }
    return bytes;
  };
}
