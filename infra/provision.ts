/** Access to a secret and to the key that it is encrypted with. */
export interface SecretAccess {
  /** What it is fetched by. */
  readonly arn: string;
  /** What a policy names where `arn` lacks the end that Secrets Manager adds: IAM compares the whole one. */
  readonly grantedArn?: string;
  /** Undefined where AWS's own key is used. */
  readonly keyArn: string | undefined;
}

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What a capability gives to a function that names it. */
export interface Provision {
  readonly environment: Readonly<Record<string, string>>;
  readonly grants: readonly Statement[];
  /** Findings of the rule packs that these grants cause, by what makes each of them right. */
  readonly accepted?: Readonly<Record<string, string>>;
}

export const nothing: Provision = { environment: {}, grants: [] };

/** Leave to read these secrets. */
export const read = (...secrets: (SecretAccess | undefined)[]): Statement[] =>
  secrets
    .filter((secret) => secret !== undefined)
    .flatMap(({ arn, grantedArn = arn, keyArn }) => [
      { actions: ['secretsmanager:GetSecretValue'], resources: [grantedArn] },
      ...(keyArn === undefined ? [] : [{ actions: ['kms:Decrypt'], resources: [keyArn] }]),
    ]);
