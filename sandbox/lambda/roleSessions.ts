import { NotAssumable, type RoleCredentials, ServiceRoles } from "../roleSession";
import { ApiError } from "./apiError";
import type { FunctionConfiguration } from "./functionRecord";
import type { Settings } from "./settings";

/** AWS's words, of CreateFunction and of Invoke. */
const NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda.";

/** The sessions in which Lambda acts: in a function's role, for its processes and for the mappings that feed it. */
export class RoleSessions {
  private readonly roles: ServiceRoles;

  constructor(settings: Settings) {
    const endpoint = settings.endpointOf("STS").origin;
    this.roles = new ServiceRoles("lambda.amazonaws.com", { endpoint, region: settings.region });
  }

  /** The credentials of a function's process. @throws ApiError AccessDeniedException */
  async ofFunction({ Role, FunctionName }: FunctionConfiguration): Promise<RoleCredentials> {
    try {
      return await this.roles.assume({ roleArn: Role, sessionName: FunctionName });
    } catch (error) {
      throw error instanceof NotAssumable ? new ApiError("AccessDeniedException", NOT_ASSUMABLE) : error;
    }
  }

  /** Refuses a role that Lambda may not assume. @throws ApiError InvalidParameterValueException */
  async check(roleArn: string, functionName: string): Promise<void> {
    try {
      await this.roles.assume({ roleArn, sessionName: functionName });
    } catch (error) {
      throw error instanceof NotAssumable
        ? new ApiError("InvalidParameterValueException", NOT_ASSUMABLE)
        : error;
    }
  }

  /**
   * The credentials in which Lambda itself works for a mapping, had anew when they end or the role is another.
   * @param roleOf the function's role at that moment
   * @param id what tells this mapping's sessions from another's
   */
  ofMapping(roleOf: () => string, id: string): () => Promise<RoleCredentials> {
    return this.roles.session(() => ({ roleArn: roleOf(), sessionName: `awslambda_${id}` }));
  }
}
