import { parse } from 'yaml';
import { z } from 'zod';

const SERVICES = ['app', 'postgres', 'redis', 'worker'];

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({ image: z.string().optional(), command: z.unknown().optional() }),
  ),
});

/** A compose file with our four services, images named by version, and a Redis that evicts nothing. */
export function checkCompose(text: string): string[] {
  const parsed = composeSchema.safeParse(parse(text, { merge: true }));
  if (!parsed.success) return ['docker-compose.yml has no services'];
  const { services } = parsed.data;
  const names = Object.keys(services).toSorted();
  const images = Object.values(services).flatMap(({ image }) => image ?? []);
  return [
    ...(names.join() === SERVICES.join()
      ? []
      : [`docker-compose.yml has ${names.join(', ')} instead of ${SERVICES.join(', ')}`]),
    ...images
      .filter((image) => !isPinned(image))
      .map((image) => `docker-compose.yml: ${image} names no version`),
    ...(JSON.stringify(services['redis']?.command ?? '').includes('noeviction')
      ? []
      : ['docker-compose.yml: redis lacks --maxmemory-policy noeviction']),
  ];
}

/** A versioned base image, and a user that is not root in the end. */
export function checkDockerfile(text: string): string[] {
  const images = [...text.matchAll(/^FROM\s+(\S+)/gim)].map(([, image = '']) => image);
  const user = [...text.matchAll(/^USER\s+(\S+)/gim)].at(-1)?.[1];
  return [
    ...(images.length === 0 ? ['Dockerfile has no FROM'] : []),
    ...images
      .filter((image) => !isPinned(image))
      .map((image) => `Dockerfile: ${image} names no version`),
    ...(user === undefined || /^(?:root|0)(?::|$)/.test(user)
      ? ['Dockerfile: the app would run as root']
      : []),
  ];
}

function isPinned(image: string): boolean {
  const [, tag = ''] = /:([\w.-]+)$/.exec(image) ?? [];
  return /\d/.test(tag) || image.includes('@sha256:');
}
