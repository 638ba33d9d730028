/** Does a part of the work, and shows it. Answers what the work answers. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Prints each part with the seconds that it took. */
export const printedStep: Step = async (name, work) => {
  const began = performance.now();
  const print = (end: string) => {
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(`  ${name.padEnd(36)} ${seconds.padStart(6)} s${end}`);
  };
  try {
    const result = await work();
    print('');
    return result;
  } catch (error) {
    print('  failed');
    throw error;
  }
};
