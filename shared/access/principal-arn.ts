const assumedRole = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/;
const role = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]+)$/;
const user = /^arn:aws[a-z-]*:iam::\d{12}:user\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]+$/;

/**
 * The role or user behind the ARN that signed a request, as the table of principals names it.
 *
 * A session of a role is named by whoever assumes the role, so the session name is dropped: kept, it would let
 * the caller choose who to be. STS leaves a role's path out of the session's ARN; it is left out here for every
 * role, and names no other one, since a role's name is unique in its account.
 *
 * @returns undefined for what is neither: federated users, whose whole name the caller chose, the root user, and
 *   anything that is no ARN.
 */
export function principalArn(userArn: string): string | undefined {
  const [, partition, account, name] = assumedRole.exec(userArn) ?? role.exec(userArn) ?? [];
  if (name !== undefined) return `arn:${partition}:iam::${account}:role/${name}`;
  return user.test(userArn) ? userArn : undefined;
}
