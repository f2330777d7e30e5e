/**
 * A stream record that can never become an event, however often it is tried. The message is the reason; it names
 * columns but holds no value of the row, so it may be logged.
 */
export class UnprocessableRecord extends Error {
  override readonly name = "UnprocessableRecord";
}
