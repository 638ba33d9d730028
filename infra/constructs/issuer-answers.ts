import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Settings } from '../settings.ts';
import { DeploymentStep } from './deployment-step.ts';
import { keptLogs } from './kept-logs.ts';
import type { OperationsApi } from './operations-api.ts';

interface Props {
  readonly issuer: OperationsApi;
  readonly audience: readonly string[];
  readonly settings: Settings;
}

/**
 * Asks as API Gateway will: for the discovery document, then for the keys that it names, 1.5 seconds each. Three
 * times in a row, because the first answer of a function that was just made is its slowest.
 */
const code = `
const get = async (url) => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_500) });
  if (!answer.ok) throw new Error(\`\${url} answers \${answer.status}\`);
  return answer.json();
};
exports.handler = async ({ RequestType, ResourceProperties: { issuer, seconds } }) => {
  const end = Date.now() + 1_000 * Number(seconds);
  for (let missing = RequestType === 'Delete' ? 0 : 3; missing > 0; ) {
    try {
      await get((await get(\`\${issuer}/.well-known/openid-configuration\`)).jwks_uri);
      missing -= 1;
    } catch (error) {
      if (Date.now() > end) throw error;
      missing = 3;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
  return { PhysicalResourceId: 'issuer-answers' };
};
`;

/** How long it may take until routes are deployed, which happens some time after they are made, and answer. */
const patience = Duration.minutes(3);

/**
 * Waits until the issuer answers. API Gateway reads its documents while an authorizer is made, refuses to make one
 * where either does not come at once, and CloudFormation does not ask twice.
 */
export class IssuerAnswers extends Construct {
  constructor(scope: Construct, id: string, { issuer, audience, settings }: Props) {
    super(scope, id);
    const logGroup = keptLogs(this, 'Logs', settings);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Waits for the issuer of strata ${settings.stage}`,
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    // not in the private network: it asks from outside, as API Gateway does
    const asks = new lambda.Function(this, 'Function', {
      description: 'Waits until the issuer answers as API Gateway wants it',
      code: lambda.Code.fromInline(code),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: patience.plus(Duration.minutes(1)),
      memorySize: 256,
      role,
      logGroup,
    });
    acknowledge(
      asks,
      'It runs during deployments alone, which wait for its answer.',
      'Serverless-LambdaDLQ',
      'Serverless-LambdaTracing',
    );
    const step = new DeploymentStep(this, 'Wait', {
      runs: asks,
      type: 'IssuerAnswers',
      // an authorizer that changes reads them again
      properties: { issuer: issuer.url, audience: audience.join(' '), seconds: String(patience.toSeconds()) },
      settings,
    });
    step.node.addDependency(issuer);
  }
}
