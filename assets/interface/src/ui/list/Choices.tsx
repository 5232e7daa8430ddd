//! A filter with several values, each with how many rows it would leave.

import { Button, Checkbox, Group, Popover, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { number } from '@/ui/format';

export type Choice = { value: string; label: string; count?: number };

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export function Choices({ name, label, choices, load, counted, chosen, change }: {
  name: string;
  label: string;
  /** All there are, if they are known beforehand. */
  choices: Choice[] | undefined;
  /** Reads all there are, once somebody wants to see them. */
  load: (() => Promise<Choice[]>) | undefined;
  /** Those that the list has now, counted under the filters in force. */
  counted: Choice[];
  chosen: string[];
  change: (values: string[]) => void;
}) {
  const { t } = useTranslation();
  const [opened, { close, toggle }] = useDisclosure(false);
  const [narrow, setNarrow] = useState('');
  const loaded = useQuery({
    queryKey: ['choix', name],
    queryFn: load ?? (() => []),
    enabled: load !== undefined && (opened || chosen.length > 0),
    staleTime: 5 * 60_000,
  });
  const listed = choices ?? (load ? loaded.data : undefined);
  // Under its own filter a value that is not chosen has no count of its own.
  const withCounts = chosen.length === 0 && counted.length > 0;
  const offered = listed?.map((choice) => (withCounts
    ? { ...choice, count: counted.find(({ value }) => value === choice.value)?.count ?? 0 }
    : choice)) ?? counted;
  const shown = offered.filter((choice) => fold(choice.label).includes(fold(narrow)));
  const names = chosen.map((value) => offered.find((choice) => choice.value === value)?.label ?? value);
  const text = names.length === 0 ? label : names.length === 1 ? `${label} : ${names[0]}` : `${label} : ${names.length}`;
  return (
    <Popover position="bottom-start" shadow="md" trapFocus withinPortal opened={opened} onDismiss={close} onClose={() => setNarrow('')}>
      <Popover.Target>
        <Button size="sm" h={42} variant={chosen.length ? 'light' : 'default'} rightSection={<IconChevronDown size={16} />} maw={280} onClick={toggle}>
          {text}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Stack gap="xs" w={280}>
          {offered.length > 8 && (
            <TextInput size="sm" placeholder={t('liste.filtrer')} aria-label={t('liste.filtrer')} value={narrow} onChange={(event) => setNarrow(event.currentTarget.value)} />
          )}
          <ScrollArea.Autosize mah={320}>
            <Checkbox.Group value={chosen} onChange={change} aria-label={label}>
              {shown.map((choice) => (
                <Group key={choice.value} wrap="nowrap" gap="xs" mih={40}>
                  <Checkbox flex={1} value={choice.value} label={choice.label} />
                  {choice.count !== undefined && <Text size="sm" c="dimmed" className="tabular">{number(choice.count)}</Text>}
                </Group>
              ))}
              {shown.length === 0 && <Text size="sm" c="dimmed" py="xs">{loaded.isFetching ? '…' : t('liste.vide')}</Text>}
            </Checkbox.Group>
          </ScrollArea.Autosize>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
