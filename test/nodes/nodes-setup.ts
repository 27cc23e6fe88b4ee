import type {TestProject} from 'vitest/node'
import {realNodesRefusal} from '../../src/sandbox/real-requirements.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why there can be no real nodes here; empty when there can. */
    nodesRefusal: string
  }
}

/** Where there can be no real nodes, the suite says so, and why. */
export default async function setup(project: TestProject): Promise<void> {
  const refusal = (await realNodesRefusal(process.env)) ?? ''
  project.provide('nodesRefusal', refusal)
  if (refusal !== '') process.stderr.write(`real nodes: skipped, ${refusal}\n`)
}
