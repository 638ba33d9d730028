/** A server inside or beside this process, listening on 127.0.0.1. */
export interface EmbeddedServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A server that can go away and come back at the same address, as a real one does. */
export interface EmbeddedPart {
  readonly port: number;
  readonly endpoint: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server once; a later `start` uses the port that the first one was given. */
export async function embeddedPart(
  startServer: (port: number) => Promise<EmbeddedServer>,
): Promise<EmbeddedPart> {
  let running: EmbeddedServer | undefined = await startServer(0);
  const { port } = running;
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    async start() {
      running ??= await startServer(port);
    },
    async stop() {
      const stopping = running;
      running = undefined;
      await stopping?.stop();
    },
  };
}
