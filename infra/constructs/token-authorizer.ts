import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct, IDependable } from 'constructs';

interface Props {
  readonly httpApi: apigateway.HttpApi;
  readonly issuer: string;
  readonly audience: readonly string[];
  /** What must answer before the authorizer is made: API Gateway reads the issuer's discovery document then. */
  readonly after?: IDependable;
}

/** Accepts the tokens of one issuer. Scopes are the functions' affair: their refusal says which one is missing. */
export function tokenAuthorizer(
  scope: Construct,
  id: string,
  { httpApi, issuer, audience, after }: Props,
): apigateway.IHttpRouteAuthorizer {
  const authorizer = new apigateway.HttpAuthorizer(scope, id, {
    httpApi,
    type: apigateway.HttpAuthorizerType.JWT,
    identitySource: ['$request.header.Authorization'],
    jwtIssuer: issuer,
    jwtAudience: [...audience],
  });
  if (after) authorizer.node.addDependency(after);
  return apigateway.HttpAuthorizer.fromHttpAuthorizerAttributes(scope, `${id}Reference`, {
    authorizerId: authorizer.authorizerId,
    authorizerType: 'JWT',
  });
}
