const interrupted = 130;

/** Cleans up and ends when the user stops the script, or stops reading what it prints. */
export function whenInterrupted(stop: () => Promise<void>): void {
  const leave = (code: number) => {
    stop().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', () => leave(interrupted));
  process.once('SIGTERM', () => leave(interrupted));
  // `npm run demo | head` closes the pipe, which is no failure
  process.stdout.once('error', () => leave(0));
}
