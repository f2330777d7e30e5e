/** What the doctor and the heartbeat use of the driver, which brings no types of its own. */
declare module "oracledb" {
  export interface ExecuteResult<Row> {
    rows?: Row[];
  }
  export interface Connection {
    /** In milliseconds. */
    callTimeout: number;
    execute<Row>(
      text: string,
      binds: readonly unknown[],
      options: { outFormat?: number; maxRows?: number; autoCommit?: boolean },
    ): Promise<ExecuteResult<Row>>;
    close(): Promise<void>;
  }
  export interface ConnectionAttributes {
    user: string;
    password: string;
    connectString: string;
    /** In seconds. */
    connectTimeout: number;
    /** In seconds. */
    transportConnectTimeout: number;
  }
  export const OUT_FORMAT_OBJECT: number;
  export function getConnection(attributes: ConnectionAttributes): Promise<Connection>;
}
