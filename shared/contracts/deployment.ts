import * as z from 'zod';

/**
 * What the infrastructure asks of a function that runs during a deployment. CloudFormation hands everything over
 * as text.
 */
export const deploymentRequest = z.object({
  /** Changes when there is something new to do, so that CloudFormation calls again. */
  revision: z.string().min(1),
  /** Whether migrations may destroy what rows hold. */
  allowDestructiveMigrations: z.stringbool().default(false),
});
export type DeploymentRequest = z.output<typeof deploymentRequest>;
