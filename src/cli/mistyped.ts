import type {Config} from '@oclif/core'
import {unknownService} from '../charts/catalog.ts'
import {nearest} from '../charts/nearest.ts'
import {readLine} from '../completion/read-line.ts'
import {DeployError} from '../errors.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import {listServices} from '../tools/tree.ts'
import {grammarOf} from './grammar.ts'
import {openHost} from './host.ts'

/**
 * A first word that is neither a command nor a service: it would be taken for a service's name, and the error would speak of
 * whatever else such a command line lacks.
 * @throws DeployError `usage` with the command that was meant, `not-found` with the nearest services
 */
export async function refuseMistyped(argv: readonly string[], config: Config): Promise<void> {
  const [first = '', second] = argv
  const grammar = grammarOf(config)
  const firstWords = [...new Set(grammar.flatMap(({words}) => words[0] ?? []))]
  if (firstWords.includes(first)) return refuseSecond(first, second, grammar)
  // A group (`@GROUP`), a version behind a name, a pattern: no command is called that.
  if (/[@*]/.test(first)) return
  const services = await servicesOf(argv, grammar)
  const names = services.flatMap(({group, name}) => [name, `${group}/${name}`])
  if (names.includes(first)) return
  const command = nearest(first, firstWords)
  if (command === undefined) {
    // What is wrong with a path or an empty word is said where services are found.
    if (services.length > 0 && /^[\w-][\w.-]*$/.test(first)) throw unknownService(first, services, true)
    return
  }
  const service = nearest(first, names)
  const also = service === undefined ? '' : `, or the service ${service}`
  throw new DeployError('usage', `run deploy ${first}: there is no such command and no such service.`, {
    hint: `Did you mean deploy ${command}${also}?`,
  })
}

function refuseSecond(
  first: string,
  second: string | undefined,
  grammar: ReturnType<typeof grammarOf>,
): void {
  const topic = grammar.filter(({words}) => words[0] === first)
  if (topic.some(({words}) => words.length === 1 || words[1] === second)) return
  const known = topic.flatMap(({words}) => words[1] ?? [])
  const close = nearest(second ?? '', known)
  throw new DeployError('usage', `run deploy ${first} ${second}: there is no such command.`, {
    hint: close === undefined ? `There are: ${known.join(', ')}.` : `Did you mean deploy ${first} ${close}?`,
  })
}

// With no charts repository in sight there is no service either.
async function servicesOf(
  argv: readonly string[],
  grammar: ReturnType<typeof grammarOf>,
): Promise<ServiceFacts[]> {
  try {
    const {chartsRoot} = await openHost(readLine([...argv, ''], grammar).ambient)
    return await listServices(chartsRoot)
  } catch {
    return []
  }
}
