import { CfnOutput, type Stack } from 'aws-cdk-lib';

/** Outputs of a stack, under exactly these names: for scripts and for people. */
export function publish(stack: Stack, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    new CfnOutput(stack, `${name}Output`, { value }).overrideLogicalId(name);
  }
}
