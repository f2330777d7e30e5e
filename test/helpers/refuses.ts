import assert from "node:assert/strict";
import type { PackPolicy } from "../../policy/lib/policy";
import type { ResourceProperties, ResourceType } from "../../policy/lib/resources";
import { type CheckOptions, check } from "./checkPolicy";
import { goodResources } from "./goodResources";

/** A test that a policy passes a good resource, and refuses it with these properties changed, in exactly these words. */
export function refuses<Type extends ResourceType>(
  policy: PackPolicy,
  type: Type,
  spoilt: Partial<ResourceProperties[Type]>,
  message: string,
  options: CheckOptions = {},
): void {
  it(`${policy.name} refuses: ${message.split(";")[0]}`, () => {
    const good = goodResources()[type];
    if (Object.keys(spoilt).length > 0) assert.deepEqual(check(policy, type, good, options), []);
    assert.deepEqual(check(policy, type, { ...good, ...spoilt }, options), [message]);
  });
}
