/** What this machine lacks for one of the servers, as one sentence for whoever wants to run it. */
export class Missing extends Error {
  override readonly name = 'Missing';
}
