export class Crash extends Error {}

/** Counts the calls of all its ports; one of them ends the process, before or after it had its effect. */
export function stoppedAt(call: number, when: 'before' | 'after') {
  let calls = 0;
  let dead = false;
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          // what comes after the end does not happen: not even the tidying up
          if (dead) throw new Crash();
          calls += 1;
          if (calls !== call) return method.apply(target, args);
          dead = true;
          if (when === 'after') await method.apply(target, args);
          throw new Crash();
        };
      },
    });
  return { wrap, reached: () => dead };
}
