/** What each setting of `deploy.yaml` means, by its path: shown in the docs, and by editors through the schema. */
export const SETTINGS: Readonly<Record<string, {fallback: string; text: string}>> = {
  charts: {
    fallback: '`/srv/deployment-charts`',
    text: 'Where the charts repository is, for those who do not stand in it. Only of use in the configuration of a host.',
  },
  environments: {
    fallback: 'all that helmfile knows',
    text: 'What helmfile cannot tell about environments, by their name.',
  },
  'environments.*.class': {
    fallback: '`staging` if the name begins with it, else `production`',
    text: 'Staging goes first; production needs a published tree, and goes back on its own.',
  },
  'environments.*.primary': {
    fallback: '`false`',
    text: 'The primary goes last.',
  },
  'environments.*.aliases': {
    fallback: 'none',
    text: 'Other names for `-e`, understood where several environments are listed.',
  },
  'environments.*.stateValues': {
    fallback: 'none',
    text: "Values for helmfile's own templates in this environment, as with `--state-values-set`, by their key.",
  },
  stateValues: {
    fallback: 'none',
    text: 'The same in every environment.',
  },
  'window.staging': {
    fallback: '`10s`',
    text: 'How long everything has to stay healthy in staging before it counts as deployed.',
  },
  'window.production': {
    fallback: '`30s`',
    text: 'The same in production.',
  },
  bake: {
    fallback: '`60s`',
    text: 'The same for canaries.',
  },
  timeout: {
    fallback: "the helmfile's `timeout`",
    text: 'The outer limit for one release to become ready.',
  },
  substitutions: {
    fallback: 'none',
    text: 'Texts that are replaced in the YAML files beside the service, in the private snapshot only: for rendering outside a deploy host.',
  },
  path: {
    fallback: 'none',
    text: 'Directories that come first on the PATH of helmfile and helm.',
  },
  env: {
    fallback: 'none',
    text: 'Variables added to the environment of helmfile and helm.',
  },
  'registry.ask': {
    fallback: '`true`',
    text: 'Whether the registry is asked for the images of a new version, before anything is touched.',
  },
  'registry.mirrors': {
    fallback: 'none: `https://HOST`',
    text: "Where a registry is asked from here, by the host in the image's name: `https://HOST[:PORT]`, or `http://`.",
  },
  'registry.credentials': {
    fallback: 'none',
    text: 'A docker `config.json` with what the registry wants to know of whoever asks. Only `auths` is read.',
  },
  'scap.lock': {
    fallback: '`/var/lock/scap-global-lock`',
    text: 'The global lock of scap on this host: while `scap lock --all` holds it, nothing begins (75). Only in the configuration of a host.',
  },
  'scap.config': {
    fallback: '`/etc/scap.cfg`',
    text: 'The configuration of scap: where `block_deployments` is said of this host, nothing is deployed from it (77). Only in the configuration of a host.',
  },
  'rollout.crashLoopExits': {
    fallback: '`2`',
    text: 'How many times one container of the new version has to end badly to count as a crash loop: more where a version is known to restart while it starts.',
  },
  'rollout.grace': {
    fallback: 'see [rollout.md](rollout.md#suspicious-first)',
    text: 'How long each thing that may pass is given, by its reason: `unschedulable: 2m`.',
  },
  policy: {
    fallback: 'whoever the clusters let',
    text: 'Who may deploy what where: rules by name. See below.',
  },
  'policy.*.who': {
    fallback: '',
    text: 'Whom the rule names: `user:NAME` (behind sudo), `group:NAME` (a unix group), `job:NAME` (a CI job), `"*"` for those whom no other rule names. A `*` in a name stands for any letters.',
  },
  'policy.*.services': {
    fallback: 'any',
    text: 'The services they may deploy: `NAME`, `GROUP/NAME`, `GROUP/*`.',
  },
  'policy.*.environments': {
    fallback: 'any',
    text: 'The environments they may deploy to, by name, alias or class: `staging`, `production`.',
  },
  groups: {
    fallback: 'none',
    text: 'Services that are deployed together, by the name of the group: `deploy @NAME` deploys them. Names, `GROUP/NAME` and patterns (`mw-*`).',
  },
}

/** The settings as a Markdown table. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(
    ([path, {fallback, text}]) => `| \`${path.replace('*', 'NAME')}\` | ${fallback} | ${text} |`,
  )
  return ['| setting | when nothing is said | what |', '|---|---|---|', ...rows].join('\n')
}
