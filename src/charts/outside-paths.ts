/**
 * Absolute paths that a helmfile, or what it includes, names, as glob patterns: what a template fills in is `*`. Read from
 * the text alone, so that they are known before helmfile has said a word, and however it fails.
 */
export function outsidePaths(text: string): string[] {
  const filledIn = text.replace(/\{\{`[^`]*`\}\}/g, '*').replace(/\{\{.*?\}\}/gs, '*')
  const written = [...filledIn.matchAll(/(?<![\w.*:/-])\/[\w.@+*-]+(?:\/[\w.@+*-]+)+/g)].map(([path]) => path)
  // Inside a template: printf "/etc/kubernetes/shop-%s.config".
  const quoted = [...text.matchAll(/["'`](\/[^"'`\s{}]+)["'`]/g)].map(([, path = '']) => path)
  const patterns = [...written, ...quoted.map(path => path.replaceAll(/%[a-z]/g, '*'))]
  return [...new Set(patterns.map(pattern => pattern.replaceAll(/\*+/g, '*')))]
}

/** Whether only some may read a file: by its permissions, or because it is kept where private ones are. */
export function isPrivateFile(path: string, mode: number): boolean {
  return (mode & 0o004) === 0 || path.split('/').includes('private')
}
