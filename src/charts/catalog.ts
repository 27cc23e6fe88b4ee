import {DeployError} from '../errors.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import {nearestFew} from './nearest.ts'

/**
 * The service that is meant.
 * @param asked `name` or `group/name`
 * @param services every directory below helmfile.d that holds a helmfile
 * @throws DeployError `usage` for a name that cannot be one or that two groups have, `not-found` otherwise
 */
export function pickService(asked: string, services: readonly ServiceFacts[]): ServiceFacts {
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(asked) || asked.split('/').some(part => part === '..' || part === '.')) {
    throw new DeployError(
      'usage',
      `find the service ${JSON.stringify(asked)}: that cannot be a service's name.`,
      {
        hint: 'Use the name of a directory below helmfile.d, such as shop, or services/shop.',
      },
    )
  }

  const found = services.filter(
    service => service.name === asked || `${service.group}/${service.name}` === asked,
  )
  if (found.length === 1 && found[0]) return found[0]
  if (found.length > 1) {
    const names = found.map(service => `${service.group}/${service.name}`)
    throw new DeployError('usage', `find the service ${asked}: ${names.join(' and ')} both have that name.`, {
      hint: `Use ${names.join(' or ')}.`,
    })
  }

  throw unknownService(asked, services)
}

/** @param isCommand it could have been a command as well, and is none */
export function unknownService(
  asked: string,
  services: readonly ServiceFacts[],
  isCommand = false,
): DeployError {
  const close = nearestFew(
    asked,
    services.map(service => service.name),
  )
  const lists = `deploy status lists the services there are${isCommand ? ', deploy --help the commands' : ''}.`
  return new DeployError(
    'not-found',
    `find the service ${asked}: there is no helmfile.d/*/${asked} with a helmfile in it${isCommand ? ', and no such command' : ''}.`,
    {hint: close.length === 0 ? lists : `Did you mean ${close.join(', ').replace(/, ([^,]*)$/, ' or $1')}?`},
  )
}
