/** One value for each key, made at its first use; of more than `capacity`, those used longest ago are forgotten. */
export function leastRecent<T>(make: () => T, capacity = 10_000) {
  const values = new Map<string, T>();
  return {
    of(key: string): T {
      const value = values.get(key) ?? make();
      values.delete(key);
      values.set(key, value);
      if (values.size > capacity) {
        const [oldest] = values.keys();
        if (oldest !== undefined) values.delete(oldest);
      }
      return value;
    },
  };
}
