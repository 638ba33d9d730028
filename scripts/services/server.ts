import type { ProcessRecord } from './processes.ts';

export const serverNames = ['postgres', 'neo4j', 'ministack'] as const;
export type ServerName = (typeof serverNames)[number];

/** One kind of server: how it comes onto this machine, starts, and shows that it is ready. */
export interface Server {
  readonly name: ServerName;
  /** With its version, for people. */
  readonly title: string;
  /** Downloads and prepares what is not there yet. @throws Missing where the machine lacks something */
  install(): Promise<void>;
  launch(port: number): Promise<ProcessRecord>;
  /** One attempt to use it. Rejects while it does not answer. */
  reach(port: number): Promise<void>;
  /** Makes what it has to hold before anybody uses it; may be repeated. Answers the settings that lead to it. */
  prepare(port: number): Promise<Readonly<Record<string, string>>>;
  /** Ends it in order. */
  readonly stopSignal: NodeJS.Signals;
}
