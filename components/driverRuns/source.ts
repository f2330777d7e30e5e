import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkGiven, checkMatch } from "../checks";
import type { Faults } from "../faults";

/** A repository on GitHub, reached by a connection. */
export interface GitHubSource {
  /** The repository's address for cloning, e.g. `https://github.com/acme/rowstream.git`. */
  repositoryUrl: string;
  /** The connection to GitHub; one that is pending must be completed in the console once. */
  connectionArn: pulumi.Input<string>;
  /** The branch, tag or commit. Default: the repository's default branch. */
  version?: string;
}

/** A zip in S3: the checkout, without node_modules and .rowstream. */
export interface ZipSource {
  /** The bucket's name. */
  bucket: pulumi.Input<string>;
  /** The object's key, e.g. `rowstream.zip`. */
  key: pulumi.Input<string>;
}

/** Where the checkout is that the driver runs in, with the stack's `Pulumi.<stack>.yaml`. */
export type DriverSource = GitHubSource | ZipSource;

const REPOSITORY = /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/;
const CONNECTION = /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/.+$/;

/** The source as CodeBuild's project has it. */
export function projectSource(
  source: DriverSource,
  spec: string,
): Pick<aws.codebuild.ProjectArgs, "source" | "sourceVersion"> {
  if (isZip(source)) {
    const location = pulumi.interpolate`${source.bucket}/${source.key}`;
    return { source: { type: "S3", location, buildspec: spec } };
  }
  return {
    source: {
      type: "GITHUB",
      location: source.repositoryUrl,
      gitCloneDepth: 1,
      auth: { type: "CODECONNECTIONS", resource: source.connectionArn },
      buildspec: spec,
    },
    ...(source.version !== undefined && { sourceVersion: source.version }),
  };
}

/** True of a zip in S3. */
export function isZip(source: DriverSource): source is ZipSource {
  return "bucket" in source;
}

/** Checks a source that may be missing, and may be a mixture of both. */
export function checkSource(faults: Faults, source: Partial<GitHubSource & ZipSource> | undefined): void {
  if (source === undefined) {
    faults.add(
      "source",
      "is missing; give repositoryUrl and connectionArn of a repository on GitHub, or bucket and key of a zip in S3",
    );
    return;
  }
  const { repositoryUrl, connectionArn, bucket, key } = source;
  if (bucket !== undefined || key !== undefined) {
    checkGiven(faults, "source.bucket", bucket, "give the name of the bucket that the zip is in");
    checkGiven(faults, "source.key", key, "give the key of the zip in the bucket");
    if (repositoryUrl !== undefined || connectionArn !== undefined) {
      faults.add("source", "is a repository and a zip; give one of them");
    }
    return;
  }
  const example = '"https://github.com/acme/rowstream.git"';
  checkGiven(faults, "source.repositoryUrl", repositoryUrl, `give an address such as ${example}`);
  if (repositoryUrl) {
    checkMatch(
      faults,
      "source.repositoryUrl",
      repositoryUrl,
      REPOSITORY,
      `the address of a repository on GitHub, such as ${example}`,
    );
  }
  checkGiven(faults, "source.connectionArn", connectionArn, "make a connection to GitHub and give its ARN");
  if (connectionArn) {
    checkMatch(
      faults,
      "source.connectionArn",
      connectionArn,
      CONNECTION,
      "the ARN of a connection of AWS CodeConnections",
    );
  }
}
