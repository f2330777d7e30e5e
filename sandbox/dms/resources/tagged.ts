import type { DmsService } from "../service";
import { notFound } from "../wire/fault";

/** @throws Fault where no resource has this ARN */
export function checkTagged(service: DmsService, arn: string): void {
  if (service.store.state.tags[arn] === undefined) {
    throw notFound("Resource", arn);
  }
}
