import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const place = join('models', 'static-minilm');

/**
 * The folder of the shipped table: `models/static-minilm` beside the running file or above it. In a bundle it lies
 * beside the entry, in the source tree at the root of the repository, so one search serves both.
 * @throws Error that names the setting, when there is none.
 */
export async function findModelDirectory(from: string = import.meta.dirname): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, place);
    const found = await access(join(candidate, 'meta.json')).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
    if (dirname(folder) === folder) {
      throw new Error(`no folder ${place} beside the code or above it; set STATIC_MODEL_DIR`);
    }
  }
}
