import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {classOf} from '../charts/environments.ts'
import {environmentsIn, releasesIn} from '../charts/helmfile-text.ts'
import type {Offer} from '../completion/grammar.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import {helmfileIn} from '../tools/tree.ts'
import {type Host, settingsIn} from './host.ts'

/** The environments of the services, what the configuration calls them besides, and the words for several. */
export async function environmentOffers(services: readonly ServiceFacts[], host: Host): Promise<Offer[]> {
  const texts = await Promise.all(services.map(service => helmfileText(service, host).catch(() => '')))
  const names = [...new Set(texts.flatMap(environmentsIn))]
  const settings = await settingsIn(host, host.chartsRoot)
  const aliases = names.flatMap(name =>
    (settings.environments.get(name)?.aliases ?? []).map(word => ({word, about: `is ${name}`})),
  )
  return [
    ...names.map(word => ({word, about: classOf(word, settings)})),
    ...aliases,
    {word: 'production', about: 'every production environment'},
    {word: 'all', about: 'every environment'},
  ]
}

export async function releaseOffers(service: ServiceFacts, host: Host): Promise<Offer[]> {
  const names = releasesIn(await helmfileText(service, host))
  return names.map(name => ({word: `name=${name}`, about: `the release ${name}`}))
}

/** The text of a service's helmfile. */
async function helmfileText(service: ServiceFacts, host: Host): Promise<string> {
  const directory = directoryOf(service, host)
  return readFile(join(directory, (await helmfileIn(directory)) ?? 'helmfile.yaml'), 'utf8')
}

export function directoryOf({group, name}: ServiceFacts, {chartsRoot}: Host): string {
  return join(chartsRoot, 'helmfile.d', group, name)
}
