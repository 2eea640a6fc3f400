// Base64 to bytes, for a module that lies inside a script.

/** @param {string} text */
export function bytesOfBase64(text) {
  if (typeof Buffer === "function") return Buffer.from(text, "base64");
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
