/** How one object differs between what is deployed and what is wanted. Secret values are masked already. */
export type ObjectChange = {
  kind: 'added' | 'changed' | 'removed'
  objectKind: string
  namespace: string
  name: string
  /** Unified diff of the sorted YAML, masked, without file headers. */
  diff: string
  /** Whether this change makes pods start anew. */
  restartsPods: boolean
}
