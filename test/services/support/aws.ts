import { SQSClient } from '@aws-sdk/client-sqs';
import { emulatedAws } from '../../../scripts/services/aws-resources.ts';
import { awsEndpoint } from './servers.ts';

export const sqsClient = (): SQSClient =>
  new SQSClient({ ...emulatedAws, endpoint: awsEndpoint(), useQueueUrlAsEndpoint: false });
