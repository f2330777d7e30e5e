import { zoneIdOf, zonesOf } from "../../zones";
import type { Invoke } from "..";

/** aws.getAvailabilityZones: three, all available. Filters by anything but exclusion match every one of them. */
export const getAvailabilityZones: Invoke = (args, { region }) => {
  const excluded = (args.excludeNames as string[] | undefined) ?? [];
  const excludedIds = (args.excludeZoneIds as string[] | undefined) ?? [];
  const names = zonesOf(region).filter(
    (zone) => !excluded.includes(zone) && !excludedIds.includes(zoneIdOf(zone)),
  );
  return { ...args, id: region, region, names, zoneIds: names.map(zoneIdOf), groupNames: [region] };
};
