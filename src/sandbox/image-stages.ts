import {containersWith, IS_KEPT, STARTING, tagged, type StageParts} from './stage-parts.ts'
import {changeTemplate, startTemplate, WAITING} from './stage-templates.ts'

/** A container that never gets as far as starting. */
export function imageStages(): StageParts[] {
  const notFound =
    'printf "rpc error: code = NotFound desc = failed to pull and unpack image \\"%s\\": failed to resolve reference \\"%s\\": %s: not found" .image .image .image'
  const pulling = containersWith(['unpullable'], '.state.waiting.reason')
  const failed = {type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull'} as const
  return [
    {
      name: 'pod-image-pull-fails',
      when: [...STARTING, {key: tagged(['unpullable']), operator: 'Exists'}],
      delayMs: 600,
      event: failed,
      statusTemplate: startTemplate({
        phase: 'Pending',
        apart: {tags: ['unpullable'], status: WAITING('ErrImagePull', notFound), ready: 'false'},
      }),
    },
    {
      name: 'pod-image-pull-backs-off',
      when: [IS_KEPT, {key: pulling, operator: 'In', values: ['ErrImagePull']}],
      delayMs: 1500,
      event: {type: 'Normal', reason: 'BackOff', message: 'Back-off pulling image'},
      statusTemplate: changeTemplate({
        tags: ['unpullable'],
        status: `restartCount: 0, ${WAITING('ImagePullBackOff', `printf "Back-off pulling image \\"%s\\": ErrImagePull: %s" .image (${notFound})`)}`,
        ready: 'false',
      }),
    },
    {
      name: 'pod-image-pull-fails-again',
      when: [IS_KEPT, {key: pulling, operator: 'In', values: ['ImagePullBackOff']}],
      delayMs: 15_000,
      event: failed,
      statusTemplate: changeTemplate({
        tags: ['unpullable'],
        status: `restartCount: 0, ${WAITING('ErrImagePull', notFound)}`,
        ready: 'false',
      }),
    },
    {
      name: 'pod-secret-is-missing',
      when: [...STARTING, {key: tagged(['missing-secret']), operator: 'Exists'}],
      delayMs: 600,
      event: {type: 'Warning', reason: 'Failed', message: 'Error: secret not found'},
      statusTemplate: startTemplate({
        phase: 'Pending',
        apart: {
          tags: ['missing-secret'],
          status: WAITING('CreateContainerConfigError', 'printf "secret \\"%s-secret\\" not found" .name'),
          ready: 'false',
        },
      }),
    },
  ]
}
