/** The folder of the failure bucket that event source mappings write to. */
export const MAPPING_PREFIX = "aws/lambda/";

/** The folder of the records that the fan-in could not turn into events. */
export const UNPROCESSABLE_PREFIX = "unprocessable/";
