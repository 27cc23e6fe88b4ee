import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Settings, StateValues} from '../charts/settings.ts'
import type {GivenValue} from '../plan/intent.ts'

/**
 * Write the state values of the settings where helmfile can read them: in a private file for each environment, since they may
 * be of any type. What is given on the command line stays words, which helmfile reads as it does for everybody.
 * @param directory the run's own
 * @returns the words that give helmfile an environment's state values; a later word wins
 */
export async function writeStateValues(
  directory: string,
  {environments, stateValues}: Pick<Settings, 'environments' | 'stateValues'>,
  given: readonly GivenValue[],
): Promise<(environment: string) => readonly string[]> {
  const everywhere = await writeValues(directory, 'everywhere', stateValues)
  const files = new Map<string, readonly string[]>()
  for (const [index, [name, settings]] of [...environments].entries()) {
    const all = {...stateValues, ...settings.stateValues}
    files.set(name, await writeValues(directory, String(index), all))
  }
  const words = given.flatMap(({flag, word}) => (flag === 'set' ? [] : [`--${flag}`, word]))
  return environment => [...(files.get(environment) ?? everywhere), ...words]
}

async function writeValues(directory: string, name: string, values: StateValues): Promise<readonly string[]> {
  if (Object.keys(values).length === 0) return []
  const path = join(directory, `state-values-${name}.yaml`)
  // JSON is YAML, and quotes every text.
  await writeFile(path, `${JSON.stringify(values)}\n`, {mode: 0o600})
  return ['--state-values-file', path]
}
