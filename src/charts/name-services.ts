import {DeployError} from '../errors.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import {pickService} from './catalog.ts'
import {fits} from './fits.ts'

/** One service of a run on many, and the version that was written behind its name. */
export type NamedService = {
  service: ServiceFacts
  version: string | undefined
  /** What it is called beside the others: its name, with the group where two of them have the same. */
  label: string
}

/** Name → what it stands for: names, `GROUP/NAME`, patterns. */
export type ServiceGroups = Readonly<Record<string, readonly string[]>>

/**
 * The services that some words mean, each once, in the order of the words.
 * @param words `NAME`, `GROUP/NAME`, a pattern (`mw-*`), `@GROUP` of the configuration; all but the last also with `@TAG`
 * @throws DeployError `not-found` for a word that means none, `usage` for a service with two versions
 */
export function nameServices(
  words: readonly string[],
  services: readonly ServiceFacts[],
  groups: ServiceGroups,
): NamedService[] {
  const named = new Map<string, Meant>()
  for (const one of words.flatMap(word => meant(word, services, groups))) {
    const key = `${one.service.group}/${one.service.name}`
    const before = named.get(key)
    if (before?.version !== undefined && one.version !== undefined && before.version !== one.version)
      throw new DeployError('usage', `read the services: ${one.service.name} is given two versions.`, {
        hint: 'Name each service once.',
      })
    named.set(key, {service: one.service, version: one.version ?? before?.version})
  }
  const all = [...named.values()]
  const isTwice = (name: string) => all.filter(one => one.service.name === name).length > 1
  return all.map(one => {
    const {group, name} = one.service
    return {...one, label: isTwice(name) ? `${group}/${name}` : name}
  })
}

/**
 * The one service that words name, and the version behind its name; nothing where several may be meant.
 * @param words none: the service whose directory one stands in
 */
export function oneService(
  words: readonly string[],
): {name: string | undefined; version: string | undefined} | undefined {
  const [word, second] = words
  if (word === undefined) return {name: undefined, version: undefined}
  if (second !== undefined || word.startsWith('@') || isPattern(split(word)[0])) return undefined
  const [name, version] = split(word)
  return {name, version}
}

type Meant = Omit<NamedService, 'label'>

function isPattern(name: string): boolean {
  return name.includes('*')
}

function meant(word: string, services: readonly ServiceFacts[], groups: ServiceGroups): Meant[] {
  if (word.startsWith('@'))
    return inGroup(word.slice(1), groups).flatMap(each => meant(notNested(each, word), services, {}))
  const [name, version] = split(word)
  if (!isPattern(name)) return [{service: pickService(name, services), version}]
  const found = services.filter(
    service => fits(name, service.name) || fits(name, `${service.group}/${service.name}`),
  )
  if (found.length > 0) return found.map(service => ({service, version}))
  throw new DeployError('not-found', `find the services ${name}: no service has such a name.`, {
    hint: 'deploy status lists the services there are.',
  })
}

function split(word: string): [string, string | undefined] {
  const at = word.indexOf('@')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}

function notNested(word: string, group: string): string {
  if (!word.startsWith('@')) return word
  throw new DeployError(
    'bad-config',
    `read the group ${group}: it names the group ${word}, and groups cannot be nested.`,
    {
      hint: `Write the services of ${word} in its place, in groups: of deploy.yaml.`,
    },
  )
}

function inGroup(name: string, groups: ServiceGroups): readonly string[] {
  const words = groups[name]
  if (words !== undefined) return words
  const known = Object.keys(groups)
  throw new DeployError('not-found', `find the group @${name}: the configuration has none of that name.`, {
    hint:
      known.length === 0
        ? 'groups: in deploy.yaml names them.'
        : `There are: ${known.map(each => `@${each}`).join(', ')}.`,
  })
}
