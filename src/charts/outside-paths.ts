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

/**
 * What a name has to be like for one part of such a pattern, where only `*` has a meaning. A hidden file is meant only by a dot.
 * Made once for all names of a directory: on a deploy host there are hundreds, and node's own `matchesGlob` begins anew with each.
 */
export function namesLike(segment: string): (name: string) => boolean {
  const literal = (text: string) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
  const start = segment.startsWith('*') ? '(?!\\.)' : ''
  const pattern = new RegExp(`^${start}${segment.split('*').map(literal).join('.*')}$`, 's')
  return name => pattern.test(name)
}

/** Whether only some may read a file: by its permissions, or because it is kept where private ones are. */
export function isPrivateFile(path: string, mode: number): boolean {
  return (mode & 0o004) === 0 || path.split('/').includes('private')
}
