/** What was compressed by zlib, by the browser's own decoder. */
export function inflated(deflated: Uint8Array<ArrayBuffer>): Response {
  const stream = new Blob([deflated])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  return new Response(stream);
}
