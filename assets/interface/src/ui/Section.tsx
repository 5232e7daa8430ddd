import { Card, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a page, with its heading and what can be done in it. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Card withBorder component="section" padding="md">
      <Stack gap="sm">
        <Group justify="space-between" mih={36}>
          <Title order={2} size="h4">{title}</Title>
          {actions && <Group gap="xs" className="no-print">{actions}</Group>}
        </Group>
        {children}
      </Stack>
    </Card>
  );
}
