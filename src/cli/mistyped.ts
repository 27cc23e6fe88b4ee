import type {Config} from '@oclif/core'
import {nearest} from '../charts/nearest.ts'
import {readLine} from '../completion/read-line.ts'
import {DeployError} from '../errors.ts'
import {listServices} from '../tools/tree.ts'
import {grammarOf} from './grammar.ts'
import {openHost} from './host.ts'

/**
 * A first word that is nearly a command and no service at all: it would be taken for a service's name, and the error
 * would speak of that.
 * @throws DeployError `usage` with the command that was meant
 */
export async function refuseMistyped(argv: readonly string[], config: Config): Promise<void> {
  const [first = '', second] = argv
  const grammar = grammarOf(config)
  const firstWords = [...new Set(grammar.flatMap(({words}) => words[0] ?? []))]
  if (firstWords.includes(first)) return refuseSecond(first, second, grammar)
  const command = nearest(first, firstWords)
  if (command === undefined) return
  const services = await servicesOf(argv, grammar)
  if (services.includes(first)) return
  const service = nearest(first, services)
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
async function servicesOf(argv: readonly string[], grammar: ReturnType<typeof grammarOf>): Promise<string[]> {
  try {
    const {chartsRoot} = await openHost(readLine([...argv, ''], grammar).ambient)
    const services = await listServices(chartsRoot)
    return services.flatMap(({group, name}) => [name, `${group}/${name}`])
  } catch {
    return []
  }
}
