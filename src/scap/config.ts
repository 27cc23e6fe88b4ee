/**
 * Whether scap's configuration keeps this host from deploying: `block_deployments` in [global], or in a section of this host
 * or its domain, of which the nearest wins (as scap reads scap.cfg).
 * @param host as the system calls it, with or without its domain
 */
export function blocksDeployments(text: string, host: string): boolean {
  const here = sectionsOf(text).filter(({name}) => isAbout(name, host))
  const said = here
    .toSorted((a, b) => nearness(a.name) - nearness(b.name))
    .flatMap(({lines}) => lines.flatMap(line => /^block_deployments\s*[=:]\s*(\w+)/.exec(line)?.[1] ?? []))
  return /^(true|yes|on|1)$/i.test(said.at(-1) ?? '')
}

type Section = {name: string; lines: readonly string[]}

function sectionsOf(text: string): Section[] {
  return text.split(/^\[/m).flatMap(part => {
    const [, name, body = ''] = /^([^\]\n]+)\](.*)$/s.exec(part) ?? []
    return name === undefined ? [] : [{name: name.trim(), lines: body.split('\n')}]
  })
}

function isAbout(name: string, host: string): boolean {
  if (name === 'global' || name === host || host.endsWith(`.${name}`)) return true
  return !host.includes('.') && name.startsWith(`${host}.`)
}

function nearness(name: string): number {
  return name === 'global' ? 0 : name.length
}
