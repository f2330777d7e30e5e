/** How many iterators and page tokens are remembered; whoever comes with an older one is told that it has expired. */
const MOST_TOKENS = 50_000;

/** The operations whose answers hold an iterator or a page token of a stream. */
const GIVING = new Set(["GetRecords", "GetShardIterator", "ListShards"]);

/** The members, of which an answer has one; in an answer with records it comes after them. */
const MEMBERS = ["NextShardIterator", "ShardIterator", "NextToken"];

/**
 * Which stream an iterator is of. A reader names the stream when it asks for the first one and then goes from one to
 * the next, so this looks into the answers.
 */
export class StreamTokens {
  private readonly streams = new Map<string, string>();

  streamOf(token: string): string | undefined {
    return this.streams.get(token);
  }

  /** Whether the answer to this operation must be shown to {@link learn}. */
  isGiven(operation: string): boolean {
    return GIVING.has(operation);
  }

  /** @param stream the stream's ARN */
  learn(stream: string, answer: Buffer): void {
    for (const member of MEMBERS) {
      const at = answer.lastIndexOf(`"${member}"`);
      const found =
        at === -1 ? null : /^"\w+"\s*:\s*"([^"]+)"/.exec(answer.toString("latin1", at, at + 4_096));
      if (found?.[1] !== undefined) {
        this.streams.set(found[1], stream);
        break;
      }
    }
    if (this.streams.size > MOST_TOKENS) {
      for (const [oldest] of this.streams) {
        this.streams.delete(oldest);
        break;
      }
    }
  }
}
