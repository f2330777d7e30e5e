/**
 * A fault as AWS DMS returns it: the SDK makes of `code` the exception's class (or, where the service model has
 * none of that name, a DatabaseMigrationServiceServiceException with that name).
 */
export class Fault extends Error {
  override name = "Fault";

  constructor(
    /** The exception's name on the wire (`__type`). */
    readonly code: string,
    message: string,
    /** The HTTP status; every fault of a caller is 400. */
    readonly status = 400,
  ) {
    super(message);
  }
}

/** The operation is not one of the API, or not one that the stand-in has. */
export function unknownOperation(operation: string, known: string[]): Fault {
  return new Fault(
    "UnknownOperationException",
    `operation ${operation} is not known here; the DMS stand-in has ${known.join(", ")}`,
  );
}

export function notFound(what: string, name: string): Fault {
  return new Fault("ResourceNotFoundFault", `${what} not found: ${name}`);
}

export function alreadyExists(what: string, name: string): Fault {
  return new Fault("ResourceAlreadyExistsFault", `${what} already exists: ${name}`);
}

export function invalidState(message: string): Fault {
  return new Fault("InvalidResourceStateFault", message);
}

export function invalidParameter(message: string): Fault {
  return new Fault("InvalidParameterValueException", message);
}

export function invalidCombination(message: string): Fault {
  return new Fault("InvalidParameterCombinationException", message);
}
