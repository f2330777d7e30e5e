import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";

// Loading this serves the pack to the engine that started the process. What is in it is in ./policies.
new PolicyPack("rowstream", { policies: [...policies] });
