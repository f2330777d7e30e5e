/**
 * MariaDB's UUID, INET4 and INET6 as the server prints them. The log has them as BINARY of 16 or 4 bytes, with the
 * zeros at the end left out.
 */

function filled(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(length)], length);
}

export function uuidText(bytes: Buffer): string {
  return filled(bytes, 16)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function inet4Text(bytes: Buffer): string {
  return [...bytes].join(".");
}

/** @param length how many bytes the type has: 4 (INET4) or 16 (INET6) */
export function inetText(value: Buffer, length: 4 | 16): string {
  const bytes = filled(value, length);
  if (length === 4) {
    return inet4Text(bytes);
  }
  const last = bytes.subarray(12);
  if (/^0{20}(ffff|0000)/.test(bytes.toString("hex")) && !isSmall(bytes)) {
    // An IPv4 address, mapped or in the deprecated compatible form.
    return bytes[10] === 0 ? `::${inet4Text(last)}` : `::ffff:${inet4Text(last)}`;
  }
  // RFC 5952, as WHATWG's URL writes it.
  const groups = bytes.toString("hex").match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** `::` and `::1`, which are no IPv4 addresses. */
function isSmall(bytes: Buffer): boolean {
  return bytes[10] === 0 && bytes.readUInt32BE(12) <= 1;
}
