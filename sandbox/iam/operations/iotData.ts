import { arnOf, type NeedsOf, type Service } from "./call";

const TOPICS = "/topics/";

const needs: NeedsOf = ({ method, path, query, region }) => {
  if (method !== "POST" || !path.startsWith(TOPICS)) {
    return undefined;
  }
  const resource = arnOf("iot", region, `topic/${decodeURIComponent(path.slice(TOPICS.length))}`);
  const publish = { action: "iot:Publish", resource };
  return query.get("retain") === "true" ? [publish, { action: "iot:RetainPublish", resource }] : [publish];
};

/** The data plane of AWS IoT Core. */
export const iotData: Service = { needs, protocol: "json" };
