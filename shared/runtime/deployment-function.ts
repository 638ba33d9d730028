import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from 'aws-lambda';
import { deploymentRequest } from '../contracts/deployment.ts';
import type { FunctionSpec } from '../contracts/function-spec.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Providers } from './deps.ts';
import type { DeploymentHandler } from './handlers.ts';
import type { Host } from './host.ts';
import { type LambdaFunction, pipeline } from './pipeline.ts';

export type DeploymentSpec = FunctionSpec & { readonly trigger: { readonly kind: 'deployment' } };

/**
 * The Lambda behind a custom resource of the infrastructure, called through the CDK's provider framework. A failure
 * rejects: CloudFormation shows its message and takes the deployment back.
 */
export function deploymentFunction<const S extends DeploymentSpec>(
  spec: S,
  handler: DeploymentHandler<S>,
  providers: Providers<S>,
  host: Partial<Host> = {},
): LambdaFunction<CdkCustomResourceEvent, CdkCustomResourceResponse> {
  // the same id for ever: another one would tell CloudFormation to delete what was there before
  const resource = { PhysicalResourceId: spec.name };
  return pipeline<S, CdkCustomResourceEvent, CdkCustomResourceResponse>(spec, providers, host, {
    identify: (event) => ({ requestType: event.RequestType, stackId: event.StackId }),
    run: async (event, deps, deadline) => {
      // the data outlives the stack
      if (event.RequestType === 'Delete') return resource;
      const request = deploymentRequest.safeParse(event.ResourceProperties);
      if (!request.success) {
        throw new AppError('validation_failed', 'The properties of the deployment are not what is expected.');
      }
      return { ...resource, Data: await handler(request.data, deps, { deadline }) };
    },
    describe: ({ Data }) => ({ fields: { ...Data }, measures: [] }),
  });
}
