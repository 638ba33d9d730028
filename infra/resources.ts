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
  readonly cacheTable: { readonly name: string; readonly arn: string };
  readonly graphChanges: { readonly url: string; readonly arn: string };
  readonly eventBus: { readonly name: string; readonly arn: string };
  /** Where cold memories are, and when they go there. */
  readonly archive: {
    readonly bucket: string;
    readonly objectsArn: string;
    /** What the rule packs say of a grant on them. */
    readonly objectsFinding: string;
    readonly afterDays: number;
    readonly keepImportance: number;
  };
  readonly cursorKey: SecretAccess;
  /** Undefined where somebody else issues the tokens. */
  readonly issuer: { readonly url: string; readonly audience: string; readonly keyArn: string } | undefined;
  readonly models: Settings['models'];
  /** ARN of a secret that is named in the settings. */
  secretNamed(name: string): string;
  /** ARN of a model of Bedrock. */
  modelNamed(name: string): string;
}
