/** The programs that a sandbox is made of, as set-up writes them to `.rowstream/tools.json`; all paths absolute. */
export interface Tools {
  /** The Pulumi CLI. */
  pulumi: string;
  /** The folder of a language host that a plain `pulumi` needs on PATH; null where the CLI brings its own. */
  languageHost: string | null;
  /** The folder with PostgreSQL's `initdb` and `postgres`. */
  postgresBin: string;
  /** MiniStack's executable. */
  ministack: string;
}
