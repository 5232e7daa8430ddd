import { Anchor, Group } from '@mantine/core';
import { LANGUES, type Langue, choose, langue } from '@/app/langue';

/** The languages, for who is not signed in. */
export function Langues() {
  return (
    <Group justify="center" gap="lg">
      {(Object.keys(LANGUES) as Langue[]).map((key) => (
        <Anchor
          key={key}
          component="button"
          type="button"
          lang={key}
          py={8}
          fw={key === langue() ? 700 : 400}
          aria-current={key === langue() || undefined}
          onClick={() => void choose(key)}
        >
          {LANGUES[key]}
        </Anchor>
      ))}
    </Group>
  );
}
