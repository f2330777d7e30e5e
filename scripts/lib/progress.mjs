const heartbeatSeconds = 15;

/** Seconds as people read them: 0.4 s, 12 s, 3 min 20 s. */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Tells a step's course on stderr: what it does, that it still does it (a live line in a terminal, else a line
 * every 15 s), how it ended and how long it took. Nothing goes to stdout, which belongs to the user's data.
 */
export class Progress {
  #name;
  #began = performance.now();
  #doing = "";
  #timer;
  #out;

  constructor(name, out = process.stderr) {
    this.#name = name;
    this.#out = out;
  }

  /** Says what goes on from now on. */
  doing(text) {
    this.#stop();
    this.#doing = text;
    if (!this.#out.isTTY) this.#line(`${text} ...`);
    const beat = () => this.#beat();
    if (this.#out.isTTY) beat();
    this.#timer = setInterval(beat, this.#out.isTTY ? 1000 : heartbeatSeconds * 1000);
    this.#timer.unref();
  }

  /** Says something of lasting interest. */
  note(text) {
    if (this.#doing !== "") this.#clear();
    this.#line(text);
  }

  /** Says how the step ended, with the time it took. */
  done(text) {
    this.#stop();
    this.#line(`${text} (${duration(performance.now() - this.#began)})`);
  }

  /** Ends the live line without a word; nothing where the step is done. */
  end() {
    this.#stop();
  }

  #beat() {
    const elapsed = duration(performance.now() - this.#began);
    if (this.#out.isTTY) {
      const line = `set-up: ${this.#name}: ${this.#doing} (${elapsed})`.slice(
        0,
        (this.#out.columns ?? 80) - 1,
      );
      this.#out.write(`\r\x1b[K${line}`);
    } else {
      this.#line(`still ${this.#doing} (${elapsed})`);
    }
  }

  #stop() {
    clearInterval(this.#timer);
    if (this.#doing !== "") this.#clear();
    this.#doing = "";
  }

  #clear() {
    if (this.#out.isTTY) this.#out.write("\r\x1b[K");
  }

  #line(text) {
    this.#out.write(`set-up: ${this.#name}: ${text}\n`);
  }
}
