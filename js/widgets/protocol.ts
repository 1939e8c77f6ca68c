/** What all conversations between a page and the kernel have in common; twin of `heplens.widgets.protocol`. */

export const PROTOCOL = 2;

export interface Common {
  protocol: number;
  id: string;
}

/** How every conversation may end. */
export type Ending =
  | {
      kind: 'refused' | 'failed';
      reason: string;
      position: number | null;
      /** Only another job can tell. */
      needs_job?: boolean;
    }
  | { kind: 'stale' };

/** What a list of replies has for a kind, with the buffers beside it. */
export interface AnswerOf<R extends { kind: string }, K extends string> {
  reply: Common & Extract<R, { kind: K }>;
  buffers: DataView[];
}

/** What to tell someone whose page and kernel come from different versions. */
export function mismatch(protocol: unknown): string {
  return (
    `The kernel speaks version ${String(protocol)} of the heplens protocol and this page version ${PROTOCOL}: ` +
    "install the same version of heplens in the kernel's environment and reload the page."
  );
}

/** A buffer as float64, copied when its offset is not aligned. */
export function floats(view: DataView): Float64Array {
  return new Float64Array(aligned(view, 8));
}

export function bytes(view: DataView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(aligned(view, 1));
}

function aligned(view: DataView, size: number): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = view;
  if (
    buffer instanceof ArrayBuffer &&
    byteOffset === 0 &&
    byteLength === buffer.byteLength &&
    byteLength % size === 0
  ) {
    return buffer;
  }
  return new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
}
