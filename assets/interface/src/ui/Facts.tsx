import { SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Names and values; what has no value is left out. */
export function Facts({ facts, cols = 3 }: { facts: [string, ReactNode][]; cols?: number }) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2, md: cols }} spacing="sm" verticalSpacing="xs" m={0}>
      {known.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">{name}</Text>
          <Text component="dd" m={0}>{value}</Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
