/** The errors of the Lambda API that this stand-in answers with, and their HTTP status (AWS Lambda API reference). */
const STATUS = {
  AccessDeniedException: 403,
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  MissingAuthenticationTokenException: 403,
  RequestTooLargeException: 413,
  ResourceConflictException: 409,
  ResourceInUseException: 400,
  ResourceNotFoundException: 404,
  ServiceException: 500,
  TooManyRequestsException: 429,
  UnsupportedMediaTypeException: 415,
  ValidationException: 400,
} as const;

/** The name of an error of the Lambda API. */
export type ApiErrorCode = keyof typeof STATUS;

/** An answer of the Lambda API that is an error: its message is what AWS would say to the caller. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;

  /** @param reason the member `Reason` of a TooManyRequestsException */
  constructor(
    readonly code: ApiErrorCode,
    message: string,
    readonly reason?: string,
  ) {
    super(message);
    this.status = STATUS[code];
  }

  /** The JSON body as AWS sends it. */
  body(): Record<string, string> {
    const type = this.status >= 500 ? "Service" : "User";
    return {
      Type: type,
      Message: this.message,
      ...(this.reason === undefined ? {} : { Reason: this.reason }),
    };
  }
}
