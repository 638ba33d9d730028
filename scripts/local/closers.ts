/** What was started, to be stopped in the reverse order. */
export interface Closers {
  add(close: () => unknown): void;
  /** Stops everything, once. One that fails does not keep the others from stopping; the first failure is thrown. */
  close(): Promise<void>;
}

export function closers(): Closers {
  const pending: (() => unknown)[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll() {
    const failures: unknown[] = [];
    for (let close = pending.pop(); close !== undefined; close = pending.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    add: (close) => void pending.push(close),
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}
