/*
 * What can be seen in a helmfile without running helmfile. Only for offering words and for asking helmfile: helmfile
 * alone decides what exists.
 */

/** The keys right below `environments:`. */
export function environmentsIn(text: string): string[] {
  const lines = blockOf('environments', text).flatMap(line => {
    const [, indent, name] = /^([ \t]+)["']?([\w.-]+)["']?:/.exec(line) ?? []
    return indent === undefined || name === undefined ? [] : [{indent: indent.length, name}]
  })
  const least = Math.min(...lines.map(line => line.indent))
  return [...new Set(lines.filter(line => line.indent === least).map(line => line.name))]
}

/** The `name:` of every entry of `releases:`; names made by templates are left out. */
export function releasesIn(text: string): string[] {
  const names = blockOf('releases', text).flatMap(line => {
    const [, name] = /^\s*-?\s*name:\s*["']?([\w.-]+)["']?\s*(?:#.*)?$/.exec(line) ?? []
    return name ?? []
  })
  return [...new Set(names)]
}

/** Values of keys that speak of a version or tag, in a values file. */
export function versionsIn(text: string): string[] {
  return [
    ...text.matchAll(/^\s*(?:\w*version|\w*tag):\s*(?:&\w+\s+)?["']?([\w][\w.+-]*)["']?\s*(?:#.*)?$/gim),
  ]
    .map(match => match[1] ?? '')
    .filter(version => /\d/.test(version))
}

function blockOf(key: string, text: string): string[] {
  const lines = text.split('\n')
  const from = lines.findIndex(line => new RegExp(`^${key}:`).test(line))
  if (from < 0) return []
  const rest = lines.slice(from + 1)
  const to = rest.findIndex(line => /^[^\s#{-]/.test(line) || line.startsWith('---'))
  return to < 0 ? rest : rest.slice(0, to)
}
