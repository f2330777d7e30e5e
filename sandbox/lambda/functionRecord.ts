/** The runtimes that the sandbox runs, all on the machine's own Node. */
export const RUNTIMES = ["nodejs20.x", "nodejs22.x", "nodejs24.x"] as const;

/** A function's settings, in the members and spelling of the API. */
export interface FunctionConfiguration {
  FunctionName: string;
  FunctionArn: string;
  Runtime: (typeof RUNTIMES)[number];
  Role: string;
  Handler: string;
  CodeSize: number;
  Description: string;
  /** Seconds. */
  Timeout: number;
  /** MiB. */
  MemorySize: number;
  LastModified: string;
  /** Base64. */
  CodeSha256: string;
  Version: "$LATEST";
  Environment?: { Variables: Record<string, string> };
  KMSKeyArn?: string;
  TracingConfig: { Mode: "Active" | "PassThrough" };
  RevisionId: string;
  Layers?: { Arn: string; CodeSize: number }[];
  VpcConfig?: {
    SubnetIds: string[];
    SecurityGroupIds: string[];
    VpcId: string;
    Ipv6AllowedForDualStack: boolean;
  };
  DeadLetterConfig?: { TargetArn?: string };
  State: "Pending" | "Active";
  StateReason?: string;
  StateReasonCode?: "Creating";
  LastUpdateStatus: "InProgress" | "Successful";
  LastUpdateStatusReason?: string;
  LastUpdateStatusReasonCode?: "Creating";
  PackageType: "Zip";
  Architectures: ("x86_64" | "arm64")[];
  EphemeralStorage: { Size: number };
  SnapStart: { ApplyOn: "None" | "PublishedVersions"; OptimizationStatus: "Off" | "On" };
  LoggingConfig: {
    LogFormat: "Text" | "JSON";
    LogGroup: string;
    ApplicationLogLevel?: string;
    SystemLogLevel?: string;
  };
}

/** A function as it is kept on disk. */
export interface FunctionRecord {
  configuration: FunctionConfiguration;
  tags: Record<string, string>;
  /** PutFunctionConcurrency's number; undefined where the function shares the account's. */
  reservedConcurrency?: number;
  /** The hexadecimal SHA-256 of the zip, which names its file and its unpacked folder. */
  codeHash: string;
}
