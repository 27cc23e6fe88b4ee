/** The label of everything that is kept in a cluster. */
export const OURS = {'app.kubernetes.io/managed-by': 'deploy'}

/** What has it. */
export const OURS_SELECTOR = 'app.kubernetes.io/managed-by=deploy'
