const bytesOfHalf = 2;

/** Numbers as IEEE 754 halves, big-endian, as Postgres sends a `halfvec`. */
export function toHalves(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesOfHalf);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setFloat16(index * bytesOfHalf, value);
  return bytes;
}

/** Every half is a number exactly, so that the way back gives the same bits. */
export function fromHalves(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / bytesOfHalf }, (_, index) =>
    view.getFloat16(index * bytesOfHalf),
  );
}
