import type { Context } from 'aws-lambda';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { embeddedAws } from './embedded/credentials.ts';

const nothing = () => undefined;

/** What Lambda tells a function about its invocation. */
export function lambdaContext(spec: FunctionSpec, startedAt: number): Context {
  const deadline = startedAt + spec.timeoutSeconds * 1000;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: spec.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${embeddedAws.region}:000000000000:function:${spec.name}`,
    memoryLimitInMB: String(spec.memoryMb),
    awsRequestId: newId(),
    logGroupName: `/aws/lambda/${spec.name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}
