import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { AttributeMap, StreamRecord } from "../../functions/dynamoDbStream";
import type { processBatch } from "../../functions/processBatch";
import { readSources } from "../../functions/sources";
import { sourcesOf } from "../../test/helpers/streamRecords";
import { inlineCallback } from "./inlineCallback";

/** Turns a batch into the bytes of its events; gives their number. */
type Convert = (records: readonly StreamRecord[]) => number | Promise<number>;

/** Given a batch as text: what does the work on it once. */
type Variant = (text: string) => Promise<() => unknown>;

const onRecords = (convert: () => Convert | Promise<Convert>): Variant => {
  return async (text) => {
    const { Records } = JSON.parse(text) as { Records: StreamRecord[] };
    const ready = await convert();
    return () => ready(Records);
  };
};

/** The ways to do the work, by the names of the report. */
export const variants = {
  rowstream: onRecords(deployed),
  "unmarshall + stringify": onRecords(unmarshallAndStringify),
  "serialized closure": onRecords(serializedClosure),
  // The floor: what it takes to read the batch.
  "JSON.parse of the batch": async (text: string) => () => JSON.parse(text),
} satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;

const SOURCES = sourcesOf("shop-orders");

/** The bundle as the zip has it: the file that the function's callback requires. */
const BUNDLE = resolve("dist", "lambda", "fanIn.js");

/** The deployed bundle's whole way from records to a call of PutRecords: conversion, keys, order, batching. */
function deployed(): Convert {
  const { processBatch: shipped } = createRequire(join(process.cwd(), "bench"))(BUNDLE) as {
    processBatch: typeof processBatch;
  };
  const sources = readSources(SOURCES);
  return async (records) => {
    let bytes = 0;
    await shipped(records, {
      sources,
      bucket: "failures",
      maxRecordBytes: 1024 * 1024,
      deadline: { signal: new AbortController().signal, remaining: () => 60_000 },
      putRecords: async (outgoing) =>
        outgoing.map(({ data }) => {
          bytes += data.byteLength;
          return null;
        }),
      putObject: async () => undefined,
    });
    return bytes;
  };
}

/**
 * What most functions on a DynamoDB stream do: the SDK's unmarshall, an object, JSON.stringify. Numbers stay texts, for
 * as numbers they would lose their digits; nothing is checked, no columns are compared, no key or order is looked after.
 */
function unmarshallAndStringify(): Convert {
  const source = { name: "shop", engine: "postgres", schema: "public", table: "orders" };
  const options = { wrapNumbers: (text: string) => text as never };
  const row = (image: AttributeMap | undefined) =>
    image === undefined ? null : unmarshall(image as Parameters<typeof unmarshall>[0], options);
  return (records) => {
    let bytes = 0;
    for (const { eventID, eventName, dynamodb } of records) {
      const event = {
        v: 1,
        id: eventID,
        op: eventName,
        source,
        key: row(dynamodb?.Keys),
        old: row(dynamodb?.OldImage),
        new: row(dynamodb?.NewImage),
        at: new Date(Number(dynamodb?.ApproximateCreationDateTime) * 1000).toISOString(),
        sequence: dynamodb?.SequenceNumber?.padStart(40, "0"),
      };
      bytes += Buffer.from(`${JSON.stringify(event)}\n`).byteLength;
    }
    return bytes;
  };
}

/**
 * The same logic as Pulumi's serializer would ship it, were the callback written with all of it inline: each captured
 * function wrapped in `with (…)`. Less than the bundle does: the caches of column names, times and checks of the
 * record are left out, because captured Maps, classes and module state do not survive the capture.
 */
async function serializedClosure(): Promise<Convert> {
  // Loaded here: the others start without it.
  const pulumi = await import("@pulumi/pulumi");
  const callback = inlineCallback(
    JSON.stringify({ name: "shop", engine: "postgres", schema: "public", table: "orders" }),
  );
  const { text, exportName } = await pulumi.runtime.serializeFunction(callback);
  const module = { exports: {} as Record<string, Convert> };
  new Function("module", "exports", "require", "__filename", "__dirname", text)(
    module,
    module.exports,
    createRequire(resolve("package.json")),
    resolve("__index.js"),
    process.cwd(),
  );
  return module.exports[exportName] as Convert;
}
