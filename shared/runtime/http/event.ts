import type {
  APIGatewayEventRequestContextIAMAuthorizer,
  APIGatewayEventRequestContextJWTAuthorizer,
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
} from 'aws-lambda';

/** What an authorizer of API Gateway leaves on a request: verified claims, or a verified IAM identity. */
export interface AuthorizerContext {
  readonly jwt?: APIGatewayEventRequestContextJWTAuthorizer['jwt'];
  readonly iam?: Partial<APIGatewayEventRequestContextIAMAuthorizer['iam']>;
}

/** An event of API Gateway's HTTP API, payload format 2.0. */
export type HttpEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & { authorizer?: AuthorizerContext }
>;

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
}

export type Headers = Readonly<Record<string, string | undefined>>;

/** Header names in lower case, whatever the host made of them. */
export const headersOf = (event: HttpEvent): Headers =>
  Object.fromEntries(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/** Scheme, host and stage as called, without a trailing slash. The host is the gateway's word, not the client's. */
export function baseUrlOf(event: HttpEvent, headers: Headers): string {
  const { domainName, stage } = event.requestContext;
  const scheme = headers['x-forwarded-proto'] === 'http' ? 'http' : 'https';
  return `${scheme}://${domainName}${stage === '$default' ? '' : `/${stage}`}`;
}
