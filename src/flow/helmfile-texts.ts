import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {ServiceFacts} from '../plan/facts.ts'

/** The text of a service's helmfiles, for what helmfile itself does not tell. */
export async function readHelmfiles(tree: string, {group, name}: ServiceFacts): Promise<string> {
  const directory = join(tree, 'helmfile.d', group, name)
  const files = (await readdir(directory)).filter(file => /^helmfile.*\.(ya?ml|gotmpl)$/.test(file))
  return (await Promise.all(files.map(file => readFile(join(directory, file), 'utf8')))).join('\n')
}
