import {join} from 'node:path'
import type {World} from '../flow/world.ts'

export type PublicWorld = Pick<World, 'runDirectory' | 'chartsDirectory' | 'tree'>

/** Names the charts repository's own files where a program complained about the run's private copy of them. */
export function withPublicPaths(text: string, world: PublicWorld): string {
  const values = new RegExp(
    `${escaped(world.runDirectory)}/environments/([^/\\s]+)/releases/[^~\\s]+~([^/\\s]+)/values-(\\d+)\\.yaml`,
    'g',
  )
  return text
    .replaceAll(values, 'values file $3 of $2 in $1')
    .replaceAll(
      new RegExp(`${escaped(join(world.chartsDirectory, 'tree'))}(-\\w+)?`, 'g'),
      () => world.tree.root,
    )
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
