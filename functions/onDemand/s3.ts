// A file of its own in the zip, which is loaded when something has to be kept: see scripts/build/bundleLambdas.mjs.
export { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
