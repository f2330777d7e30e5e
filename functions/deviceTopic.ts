import type { ChangeOperation } from "./changeEvent";

/** The longest topic that AWS IoT Core takes, in bytes of UTF-8 (AWS IoT Core quotas, "Topic size"). */
export const MAX_TOPIC_BYTES = 256;

/**
 * What stands for itself in no level of a topic: MQTT's separator and wildcards, control characters, and what would be
 * a wildcard or a variable in an IAM policy's resource. `%` escapes them, so it is escaped too.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: MQTT forbids them in a topic
const UNSAFE = /[%/+#*?$\u0000-\u001f\u007f]/g;

/** A table's name as one level of a topic: what must not stand there is percent-encoded. */
export function topicLevel(name: string): string {
  return name.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase();
    return `%${code.padStart(2, "0")}`;
  });
}

/** The topic of a table's changes of one kind: `<prefix>/<table>/<op>`. */
export function deviceTopic(prefix: string, table: string, op: ChangeOperation): string {
  return `${prefix}/${topicLevel(table)}/${op}`;
}
