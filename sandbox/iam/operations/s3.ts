import type { Need } from "../authorizer";
import type { NeedsOf, Service } from "./call";

/** What is done to an object, by method (with a body of its own, not an ACL, a tag set or a copy). */
const ON_OBJECT: Record<string, { action: string; key: string[] } | undefined> = {
  DELETE: { action: "s3:DeleteObject", key: [] },
  GET: { action: "s3:GetObject", key: ["kms:Decrypt"] },
  HEAD: { action: "s3:GetObject", key: ["kms:Decrypt"] },
  PUT: { action: "s3:PutObject", key: ["kms:GenerateDataKey"] },
};

/** Parameters that leave a request what its method says. */
const PLAIN = new Set([
  "continuation-token",
  "delimiter",
  "encoding-type",
  "fetch-owner",
  "list-type",
  "max-keys",
  "prefix",
  "start-after",
  "x-id",
]);

/** The parts of a large upload: S3 reads them again to put them together, and so decrypts them. */
function multipart(method: string, query: URLSearchParams): { action: string; key: string[] } | undefined {
  const begins = method === "POST" && query.has("uploads");
  const goes = (method === "POST" || method === "PUT") && query.has("uploadId");
  return begins || goes ? { action: "s3:PutObject", key: ["kms:GenerateDataKey", "kms:Decrypt"] } : undefined;
}

const needs: NeedsOf = async ({ method, path, query, headers, region }, { resources }) => {
  const [bucket = "", ...rest] = path.split("/").slice(1).map(decodeURIComponent);
  const object = rest.join("/");
  const plain = [...query.keys()].every((name) => PLAIN.has(name));
  if (bucket === "" || headers["x-amz-copy-source"] !== undefined) {
    return undefined;
  }
  const { key, policy } = await resources.bucket(bucket);
  const own = (action: string, resource: string): Need => ({
    action,
    resource,
    context: contextOf(query, headers),
    ...(policy === undefined ? {} : { resourcePolicy: policy }),
  });
  const bucketArn = `arn:aws:s3:::${bucket}`;
  if (object === "") {
    return plain && (method === "GET" || method === "HEAD") ? [own("s3:ListBucket", bucketArn)] : undefined;
  }
  const done = multipart(method, query) ?? (plain ? ON_OBJECT[method] : undefined);
  if (done === undefined) {
    return undefined;
  }
  return [
    own(done.action, `${bucketArn}/${object}`),
    ...(await resources.keyUse(key, done.key, "s3", region)),
  ];
};

/** The condition keys that policies of buckets go by. */
function contextOf(query: URLSearchParams, headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const names = ["x-amz-acl", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"];
  const given = names.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[`s3:${name}`, value]] : [];
  });
  const prefix = query.get("prefix");
  return { ...Object.fromEntries(given), ...(prefix === null ? {} : { "s3:prefix": prefix }) };
}

/** Amazon S3, with the bucket in the path, as the SDKs send it to an address. */
export const s3: Service = { needs, protocol: "s3" };
