import { Anchor, Group, Stack, Title } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useTitle } from './title';

/** The heading of a page, the way up, and what can be done here. */
export function PageHead({ title, up, mark, children }: {
  title: string;
  up?: { href: string; text: string };
  /** Beside the title, such as a statut. */
  mark?: ReactNode;
  children?: ReactNode;
}) {
  useTitle(title);
  return (
    <Stack gap={2}>
      {up && (
        <Anchor component={Link} href={up.href} size="sm" className="no-print" style={{ display: 'inline-flex', alignItems: 'center', minHeight: 32, alignSelf: 'start' }}>
          <IconChevronLeft size={16} className="mirrored" aria-hidden />
          {up.text}
        </Anchor>
      )}
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Title order={1} size="h2">{title}</Title>
          {mark}
        </Group>
        {children && <Group gap="xs" className="no-print">{children}</Group>}
      </Group>
    </Stack>
  );
}
