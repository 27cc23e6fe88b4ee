import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Settings, StateValues} from '../charts/settings.ts'
import {hideValues} from '../plan/given.ts'
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
  const files = stateFilesOf({environments, stateValues})
  const everywhere = await write(directory, files.everywhere)
  const words = given.flatMap(({flag, word}) => (flag === 'set' ? [] : [`--${flag}`, word]))
  const ofEnvironment = new Map<string, readonly string[]>()
  for (const [name, file] of files.environments) ofEnvironment.set(name, await write(directory, file))
  return environment => [...(ofEnvironment.get(environment) ?? everywhere), ...words]
}

/** What is in those files, for people; none where there are no values. */
export function shownStateFiles(settings: Pick<Settings, 'environments' | 'stateValues'>): StateFile[] {
  const {everywhere, environments} = stateFilesOf(settings, hideValues)
  return [everywhere, ...environments.map(([, file]) => file)].filter(file => file !== undefined)
}

function stateFilesOf(
  {environments, stateValues}: Pick<Settings, 'environments' | 'stateValues'>,
  written = (values: StateValues) => values,
): StateFiles {
  return {
    everywhere: fileOf('everywhere', written(stateValues)),
    environments: [...environments].map(([name, settings], index) => [
      name,
      fileOf(String(index), written({...stateValues, ...settings.stateValues})),
    ]),
  }
}

type StateFiles = {
  everywhere: StateFile | undefined
  environments: readonly (readonly [string, StateFile | undefined])[]
}

type StateFile = {name: string; content: string}

function fileOf(name: string, values: StateValues): StateFile | undefined {
  if (Object.keys(values).length === 0) return undefined
  // JSON is YAML, and quotes every text.
  return {name: `state-values-${name}.yaml`, content: `${JSON.stringify(values)}\n`}
}

async function write(directory: string, file: StateFile | undefined): Promise<readonly string[]> {
  if (file === undefined) return []
  const path = join(directory, file.name)
  await writeFile(path, file.content, {mode: 0o600})
  return ['--state-values-file', path]
}
