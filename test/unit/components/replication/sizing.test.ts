import assert from "node:assert/strict";
import { Faults } from "../../../../components/faults";
import {
  checkInstanceSize,
  checkServerlessSize,
  type InstanceSize,
  type ServerlessSize,
} from "../../../../components/replication/sizing";

function instanceFaults(size: InstanceSize): string[] {
  const faults = new Faults();
  checkInstanceSize(faults, "instance", size);
  return faults.found.map((fault) => `${fault.path}: ${fault.problem}`);
}

function serverlessFaults(size: unknown): string[] {
  const faults = new Faults();
  checkServerlessSize(faults, "serverless", size as ServerlessSize);
  return faults.found.map((fault) => `${fault.path}: ${fault.problem}`);
}

describe("the size of a replication instance", () => {
  it("may be left to the defaults", () => {
    assert.deepEqual(instanceFaults({}), []);
  });

  it("is a class of DMS, a storage within DMS's bounds, a full version", () => {
    assert.deepEqual(
      instanceFaults({ class: "dms.c6i.16xlarge", storageGib: 6144, engineVersion: "3.6.1" }),
      [],
    );
    assert.deepEqual(instanceFaults({ class: "r6i.large", storageGib: 4, engineVersion: "3.6" }), [
      'instance.class: "r6i.large" is not an instance class of DMS; give one such as "dms.t3.medium" or "dms.r6i.large"',
      "instance.storageGib: 4 is not allowed; give a whole number of GiB from 5 to 6144",
      'instance.engineVersion: "3.6" is not a version of DMS; give one such as "3.6.1", or none for AWS\'s default',
    ]);
  });
});

describe("the range of a serverless replication", () => {
  it("takes DMS's capacity units only, the least not above the most", () => {
    assert.deepEqual(serverlessFaults({ maxDcu: 16 }), []);
    assert.deepEqual(serverlessFaults({ minDcu: 8, maxDcu: 4 }), [
      "serverless.minDcu: 8 is more than maxDcu, 4; give it at most that",
    ]);
    assert.deepEqual(serverlessFaults({ minDcu: 3, maxDcu: 10 }), [
      "serverless.maxDcu: 10 is not one of 1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384",
      "serverless.minDcu: 3 is not one of 1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384",
    ]);
  });

  it("needs its upper bound", () => {
    assert.deepEqual(serverlessFaults({}), [
      "serverless.maxDcu: is missing; give one of 1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384",
    ]);
  });
});
