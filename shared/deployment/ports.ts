/** A migration that has not run yet. */
export interface PendingMigration {
  name: string;
  /** Its whole text, the way down included. */
  sql: string;
}

/** Postgres, as the owner of the schema. @throws AppError `store_unavailable` while it cannot be reached. */
export interface DatabaseSchema {
  /** What has not run yet, in its order. `fresh`: nothing ever ran, so there is no data of this service. */
  pending(): Promise<{ fresh: boolean; migrations: PendingMigration[] }>;
  /** Runs what is pending in one transaction and answers the names. */
  migrate(): Promise<string[]>;
  /** Makes the login that the service has, where it is not the owner's own. The password of an old one stays. */
  ensureLogin(): Promise<void>;
}

export interface GraphSchema {
  /** Makes the constraints and indexes that are not there. @throws AppError `graph_unavailable` */
  ensure(): Promise<void>;
}
