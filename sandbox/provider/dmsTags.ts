import {
  AddTagsToResourceCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
} from "@aws-sdk/client-database-migration-service";
import type { Properties } from "./properties";
import type { Context } from "./resourceType";
import { tagChanges, tagList, tagMap } from "./tags";

/** The tags of something of DMS's, by its ARN. */
export async function readDmsTags(ResourceArn: string, { clients }: Context): Promise<Properties> {
  const { TagList } = await clients.dms.send(new ListTagsForResourceCommand({ ResourceArn }));
  return tagMap(TagList);
}

/** Changes the tags from the old to the wanted ones. */
export async function writeDmsTags(
  ResourceArn: string,
  old: Properties,
  inputs: Properties,
  { clients }: Context,
) {
  const { set, remove } = tagChanges(old.tags, inputs.tags);
  if (remove.length > 0) {
    await clients.dms.send(new RemoveTagsFromResourceCommand({ ResourceArn, TagKeys: remove }));
  }
  if (Object.keys(set).length > 0) {
    await clients.dms.send(new AddTagsToResourceCommand({ ResourceArn, Tags: tagList(set) }));
  }
}
