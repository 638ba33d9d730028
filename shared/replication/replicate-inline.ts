import { type InlineProjector, type InlineProjectorPorts, inlineProjector } from './inline-projector.ts';
import { type PromptRelayPorts, promptRelay } from './prompt-relay.ts';

/** What follows from a write that is durable, tried right after it: the graph, and those who listen. Never throws. */
export function replicateInline(ports: InlineProjectorPorts & PromptRelayPorts): InlineProjector {
  const projector = inlineProjector(ports);
  const publish = promptRelay(ports);
  return {
    async project(tenantId, changed) {
      const [projected] = await Promise.all([
        projector.project(tenantId, changed),
        changed.length > 0 ? publish(tenantId) : undefined,
      ]);
      return projected;
    },
  };
}
