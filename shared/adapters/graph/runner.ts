/** A value that both engines take as a parameter. Whole numbers arrive as integers. */
export type CypherValue =
  | string
  | number
  | boolean
  | null
  | readonly CypherValue[]
  | { readonly [key: string]: CypherValue };

/** Text with parameters. Nothing that a caller wrote is ever part of the text. */
export interface CypherStatement {
  readonly text: string;
  readonly parameters: Readonly<Record<string, CypherValue>>;
}

/**
 * A graph store that speaks Cypher: Neo4j over Bolt, or Grafeo in this process. Statements use only what both
 * understand alike. @throws AppError `graph_unavailable`; `retryable` says whether the same call may succeed.
 */
export interface CypherRunner {
  /** Runs the statements in order, in one transaction that commits as a whole or not at all. */
  run(statements: readonly CypherStatement[]): Promise<void>;
  /**
   * Runs one statement that changes nothing.
   * @returns its rows; numbers are JavaScript numbers, an absent property is null
   */
  read<Row>(statement: CypherStatement): Promise<Row[]>;
  /** Creates what keeps keys unique and look-ups fast. May be repeated. */
  ensureSchema(): Promise<void>;
  /** Names of what `ensureSchema` makes and without which keys may come twice. */
  missingSchema(): Promise<string[]>;
  /** Lets go of connections and files. The next call opens them again. */
  close(): Promise<void>;
}
