/** encoded is a text in base64. */
export function encoded(text: string): string {
  return encodedBytes(new TextEncoder().encode(text));
}

/** encodedBytes is bytes in base64. */
export function encodedBytes(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(binary);
}

/** decoded is the text in base64, or undefined when it is no text. */
export function decoded(base64: string): string | undefined {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
