import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { type DoctorReport, doctor } from "../../automation/doctor/doctor";
import { type PostgresServer, startPostgres } from "../../sandbox/database/postgres";
import { assertEachFound, type BrokenPrerequisite } from "../helpers/brokenPrerequisite";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { postgresBin } from "../helpers/tools";

const ROOT = join(__dirname, "..", "..", "..");

/** A stack of this test's own; its file is where Pulumi looks for it, beside Pulumi.yaml. */
const STACK = `doctortest${process.pid}`;
const STACK_FILE = join(ROOT, `Pulumi.${STACK}.yaml`);

/** PostgreSQL's own defaults, which the sandbox changes. */
const STOCK = { wal_level: "replica", max_replication_slots: "10", max_wal_senders: "10" };

const BROKEN: readonly BrokenPrerequisite[] = [
  {
    what: "a slot that was left behind, and with it all that there are",
    by: "SELECT pg_create_logical_replication_slot('left_over', 'test_decoding')",
    finds: ["slot-left-over", "left_over"],
    value: /keeps 0\.\d\d GiB/,
    remedy: /SELECT pg_drop_replication_slot\('left_over'\)/,
  },
  {
    what: "no slot that is free",
    by: "SELECT 1",
    back: "SELECT pg_drop_replication_slot('left_over')",
    finds: ["log-readers", "max_replication_slots"],
    value: /is 1, and 1 are in use/,
    remedy: /max_replication_slots = 11; then restart/,
  },
  {
    what: "no sender",
    by: "SELECT 1",
    finds: ["log-readers", "max_wal_senders"],
    value: /is 0: nobody/,
    remedy: /max_wal_senders = 10/,
  },
  {
    what: "a sender that is cut off too early",
    by: "ALTER ROLE postgres SET wal_sender_timeout = '5s'",
    back: "ALTER ROLE postgres RESET wal_sender_timeout",
    finds: ["log-timeout", "wal_sender_timeout"],
    value: /is 5000 ms/,
    remedy: /wal_sender_timeout = '60s'/,
  },
  {
    what: "a user who may not replicate",
    by: "SELECT 1",
    as: "dms",
    finds: ["privilege-replication", "dms"],
    value: /may not replicate/,
    remedy: /ALTER ROLE "dms" REPLICATION/,
  },
  {
    what: "a user who may make no table for the heartbeat",
    by: "REVOKE CREATE ON SCHEMA public FROM public",
    as: "dms",
    finds: ["privilege-ddl", "schema public"],
    value: /user dms may make no table there/,
    remedy: /GRANT CREATE ON SCHEMA "public" TO "dms"/,
  },
  {
    what: "a user who may make no event trigger",
    by: "SELECT 1",
    as: "dms",
    finds: ["privilege-ddl", "dms"],
    value: /captureDdls/,
    remedy: /rowstream:source\.settings\.captureDdls' false/,
  },
  {
    what: "a table that the user may not read",
    by: "CREATE TABLE hidden (id int PRIMARY KEY)",
    back: "DROP TABLE hidden",
    as: "dms",
    finds: ["privilege-tables", "public.hidden"],
    value: /user dms may not read it/,
    remedy: /GRANT SELECT ON "public"\."hidden" TO "dms"/,
  },
  {
    what: "a table without a key",
    by: "CREATE TABLE keyless (word text)",
    back: "DROP TABLE keyless",
    finds: ["no-primary-key", "public.keyless"],
    value: /no primary key and no unique key/,
    remedy: /'rowstream:tables\.exclude\[0\]' public\.keyless/,
  },
  {
    what: "a composite key",
    by: "CREATE TABLE lines (a int, b int, c int, PRIMARY KEY (c, a))",
    back: "DROP TABLE lines",
    finds: ["composite-key", "public.lines"],
    value: /2 columns \(c, a\)/,
    remedy: /\["public\.lines"\]\[0\]' c && .*\["public\.lines"\]\[1\]' a$/,
  },
  {
    what: "an unlogged table",
    by: "CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY)",
    back: "DROP TABLE fleeting",
    finds: ["table-logging", "public.fleeting"],
    value: /UNLOGGED/,
    remedy: /SET LOGGED/,
  },
  {
    what: "a table without a replica identity",
    by: "CREATE TABLE anonymous (id int PRIMARY KEY); ALTER TABLE anonymous REPLICA IDENTITY NOTHING",
    back: "DROP TABLE anonymous",
    finds: ["table-logging", "public.anonymous"],
    value: /REPLICA IDENTITY NOTHING/,
    remedy: /REPLICA IDENTITY DEFAULT/,
  },
  {
    what: "a partitioned table",
    by: "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
    back: "DROP TABLE parted",
    finds: ["partitioned-table", "public.parted"],
    value: /each partition/,
    remedy: /tables\.exclude/,
  },
  {
    what: "a binary column",
    by: "CREATE TABLE scans (id int PRIMARY KEY, page bytea)",
    back: "DROP TABLE scans",
    finds: ["column-lost", "public.scans.page"],
    value: /^bytea: /,
    remedy: /base64/,
  },
  {
    what: "a generated column",
    by: "CREATE TABLE twice (id int PRIMARY KEY, two int GENERATED ALWAYS AS (id * 2) STORED)",
    back: "DROP TABLE twice",
    finds: ["column-lost", "public.twice.two"],
    value: /generated column/,
    remedy: /do without/,
  },
  {
    what: "a number without a precision, behind a domain",
    by: "CREATE DOMAIN amount AS numeric; CREATE TABLE prices (id int PRIMARY KEY, price amount)",
    back: "DROP TABLE prices; DROP DOMAIN amount",
    finds: ["column-rounded", "public.prices.price"],
    value: /^amount: .*NUMERIC\(28,6\)/,
    remedy: /TYPE numeric\(p, s\)/,
  },
  {
    what: "a number of too many digits",
    by: "CREATE TABLE stars (id int PRIMARY KEY, grains numeric(60,0))",
    back: "DROP TABLE stars",
    finds: ["column-digits", "public.stars.grains"],
    value: /numeric\(60,0\)/,
    remedy: /38 digits/,
  },
  {
    what: "a name that DynamoDB refuses",
    by: 'CREATE TABLE "a$" (id int PRIMARY KEY)',
    back: 'DROP TABLE "a$"',
    finds: ["table-name", "public.a$"],
    value: /refuses the name "a\$"/,
    remedy: /keys\["public\.a\$"\]\[0\]' id/,
  },
  {
    what: "two tables of one name",
    by: "CREATE SCHEMA sales; CREATE TABLE sales.good (id int PRIMARY KEY)",
    back: "DROP SCHEMA sales CASCADE",
    finds: ["table-name-clash", "sales.good"],
    value: /public\.good/,
    remedy: /keys\["sales\.good"\]\[0\]' id/,
  },
  {
    what: "a row near 400 KB",
    by: `CREATE TABLE books (id int PRIMARY KEY, body text);
         INSERT INTO books SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, 12000) i`,
    back: "DROP TABLE books",
    finds: ["row-size", "public.books"],
    value: /a row of 375 KB/,
    remedy: /leave the table out/,
  },
];

describe("doctor with a live PostgreSQL", function () {
  this.timeout(60_000);
  let stateDir: string;
  let server: PostgresServer;

  async function serve(settings: Record<string, string>): Promise<void> {
    await server?.stop();
    server = await startPostgres({ bin: postgresBin(), stateDir, settings });
  }

  async function execute(sql: string): Promise<void> {
    const client = new Client({ connectionString: server.url("postgres") });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  function url(user: string): string {
    return `postgres://${user}@${server.host}:${server.port}/postgres`;
  }

  async function examine(as: "postgres" | "dms" = "postgres"): Promise<DoctorReport> {
    const password = as === "dms" ? "dms-secret" : server.password;
    return doctor({ sourceUrl: url(as).replace("@", `:${password}@`), sampleSeconds: 0 });
  }

  function rowstream(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const environment = {
      ...process.env,
      PGPASSWORD: server.password,
      PULUMI_BACKEND_URL: `file://${stateDir}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // No account: what is looked at there is said not to have been.
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(ROOT, "bin/rowstream.js"), ...args],
        { env: environment },
        (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
      );
    });
  }

  const command = (...args: string[]) => rowstream("doctor", ...args);

  before(() => {
    stateDir = temporaryFolder();
  });

  after(async () => {
    await server?.stop();
    server?.remove();
    rmSync(STACK_FILE, { force: true });
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("names what a stock server lacks, with remedies, and ends with code 1", async () => {
    await serve(STOCK);
    await execute("CREATE TABLE log (at timestamp); CREATE TABLE photos (id int PRIMARY KEY, photo bytea)");
    const { code, stdout, stderr } = await command("--source", url("postgres"));
    assert.equal(code, 1);
    assert.match(
      stdout,
      /error +log-mode +wal_level\n +is replica; it must be logical\n +→ ALTER SYSTEM SET wal_level = 'logical'; then restart/,
    );
    assert.match(
      stdout,
      /error +no-primary-key +public\.log\n.*\n +→ ALTER TABLE public\.log ADD PRIMARY KEY/,
    );
    assert.match(stdout, /warning +column-lost +public\.photos\.photo\n +bytea: .*\n +→ /);
    assert.match(stdout, /2 tables: 2 errors, 1 warning, 1 for information\n$/);
    assert.ok(!`${stdout}${stderr}`.includes(server.password));

    const json = await command("--source", url("postgres"), "--output", "json");
    assert.equal(json.code, 1);
    const { findings } = JSON.parse(json.stdout) as DoctorReport;
    assert.deepEqual(
      findings.filter(({ severity }) => severity !== "info").map(({ code, subject }) => [code, subject]),
      [
        ["log-mode", "wal_level"],
        ["no-primary-key", "public.log"],
        ["column-lost", "public.photos.photo"],
      ],
    );
    await execute("DROP TABLE log; DROP TABLE photos");
  });

  it("stops the first `up` of a stack that init has written, before anything is made", async () => {
    await execute("CREATE TABLE log (at timestamp); CREATE TABLE lines (a int, b int, PRIMARY KEY (a, b))");
    const written = await rowstream("init", "--stack", STACK, "--source", url("postgres"), "--yes");
    assert.equal(written.code, 0, written.stderr);
    assert.match(written.stdout, /BEFORE THE FIRST `rowstream up`\n.*\nerror +log-mode +wal_level\n/);
    const text = readFileSync(STACK_FILE, "utf8");
    assert.match(text, /# has no primary key .*\n +- public\.log\n/);
    assert.match(text, /public\.lines:\n +- a\n +- b\n/);
    assert.match(text, /rowstream:sourcePassword:\n +secure: v1:/);
    assert.ok(!`${text}${written.stdout}${written.stderr}`.includes(server.password));

    const again = await rowstream("init", "--stack", STACK, "--source", url("postgres"), "--yes");
    assert.equal(again.code, 2);
    assert.match(again.stderr, /is there already; nothing was written/);

    // The password comes from the stack.
    const report = await command("--stack", STACK, "--output", "json");
    const { findings } = JSON.parse(report.stdout) as DoctorReport;
    assert.deepEqual(
      findings.map(({ code, severity }) => [severity, code]),
      [
        ["error", "log-mode"],
        ["info", "aws-unread"],
      ],
    );

    const { code, stderr } = await rowstream("up", "--stack", STACK, "--yes");
    assert.equal(code, 1);
    assert.match(stderr, /! log-mode: wal_level is replica; it must be logical\n +→ ALTER SYSTEM/);
    assert.match(stderr, /error: the source is not ready: the doctor found 1 error; nothing was made\n/);
    assert.doesNotMatch(stderr, /pass 1/);
    await execute("DROP TABLE log; DROP TABLE lines");
  });

  it("finds each prerequisite that is broken, in turn", async () => {
    await serve({ max_replication_slots: "1", max_wal_senders: "0" });
    await execute("CREATE ROLE dms LOGIN PASSWORD 'dms-secret'; CREATE TABLE good (id int PRIMARY KEY)");
    await assertEachFound(BROKEN, { execute, examine: async (as) => (await examine(as)).findings });
  });

  it("finds nothing to mend in a server that is ready, and ends with code 0 in spite of warnings", async () => {
    await serve({});
    assert.deepEqual((await examine()).findings, []);
    await execute("CREATE TABLE notes (id int PRIMARY KEY, at time)");
    const { code, stdout } = await command("--source", url("postgres"));
    assert.equal(code, 0);
    assert.match(stdout, /warning +column-undocumented +public\.notes\.at/);
  });

  it("watches how fast the tables are written", async () => {
    const writing = new AbortController();
    const writer = (async () => {
      while (!writing.signal.aborted) {
        await execute(
          "INSERT INTO good SELECT (SELECT coalesce(max(id), 0) FROM good) + i FROM generate_series(1, 5000) i",
        );
      }
    })();
    const { findings } = await doctor({ sourceUrl: server.url("postgres") });
    writing.abort();
    await writer;
    const found = findings.find(({ code }) => code === "write-rate");
    assert.match(found?.what ?? "", /rows a second \(public\.good [\d,]+\)/);
  });

  it("says that a source cannot be reached, without its password", async () => {
    const { findings } = await doctor({ sourceUrl: "postgres://me:hush@127.0.0.1:1/shop" });
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [["source-unreachable", "error"]],
    );
    assert.match(
      findings[0]?.what ?? "",
      /postgres me@127\.0\.0\.1:1\/shop cannot be reached: .*ECONNREFUSED/,
    );
    assert.doesNotMatch(JSON.stringify(findings), /hush/);
  });
});
