import type { SecretAccess } from './provision.ts';
import type { Settings } from './settings.ts';

/** What the stacks made and the functions use, by address. */
export interface Resources {
  readonly dataKeyArn: string;
  readonly database: {
    readonly service: SecretAccess;
    readonly owner: SecretAccess;
    /** Settings of the connection beside the secret. */
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly graph: { readonly url: string; readonly secret: SecretAccess | undefined };
  /** Of one call to DynamoDB; undefined leaves it to the adapters. */
  readonly dynamodbTimeoutMs: number | undefined;
  readonly cacheTable: { readonly name: string; readonly arn: string };
  readonly rateLimitTable: { readonly name: string; readonly arn: string };
  readonly limits: Settings['limits'];
  readonly graphChanges: { readonly url: string; readonly arn: string };
  readonly eventBus: { readonly name: string; readonly arn: string };
  /** Where cold memories are, and when they go there. */
  readonly archive: {
    readonly bucket: string;
    readonly objectsArn: string;
    /** What the rule packs say of a grant on them. */
    readonly objectsFinding: string;
    readonly settings: Settings['archive'];
  };
  readonly cursorKey: SecretAccess;
  /** Undefined where somebody else issues the tokens. */
  readonly issuer: { readonly url: string; readonly audience: string; readonly keyArn: string } | undefined;
  /** Undefined where the tokens are this service's own. */
  readonly outsideIssuer: { readonly url: string; readonly audience: readonly string[] } | undefined;
  /** Where messages to connected clients are sent, and the ARN of every connection. */
  readonly sockets: { readonly endpoint: string; readonly connectionsArn: string };
  readonly models: Settings['models'];
  /** A secret that is named in the settings. */
  secretNamed(name: string): SecretAccess;
  /** ARN of a model of Bedrock. */
  modelNamed(name: string): string;
}
