/** The availability zones of a region, as many as the smallest regions have. */
export function zonesOf(region: string): string[] {
  return ["a", "b", "c"].map((letter) => `${region}${letter}`);
}

/** A zone's id, for example `use1-az1` of `us-east-1a`. In AWS the pairing differs from account to account. */
export function zoneIdOf(zone: string): string {
  const [area = "", direction = "", place = ""] = zone.slice(0, -1).split("-");
  // "southeast" is shortened as "se", "east" as "e".
  const short = direction.replace(/(north|south|east|west|central)/g, (word) => word.charAt(0));
  return `${area}${short}${place}-az${zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0) + 1}`;
}
