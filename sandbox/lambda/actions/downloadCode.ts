import { ApiError } from "../apiError";
import { label, type Operation } from "../operation";

/** The zip at the address that GetFunction gives; on AWS that is a presigned address of S3. */
export const downloadCode: Operation = {
  name: "DownloadCode",
  method: "GET",
  presigned: true,
  path: "/code/{Hash}/{FunctionName}.zip",
  async handle(request, service) {
    const record = service.functions.find(label(request, "FunctionName"));
    if (record === undefined || record.codeHash !== label(request, "Hash")) {
      throw new ApiError("ResourceNotFoundException", "the function or this version of its code is gone");
    }
    return { headers: { "content-type": "application/zip" }, raw: await service.functions.readZip(record) };
  },
};
