import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Word } from '@/ui/badges';
import { number } from '@/ui/format';

type Operation = Schemas['Operation'];

/** What counts as another operation: all but its place and number. */
const content = ({ libelle, type, consigne, obligatoire, unite, min, max, cible }: Operation) =>
  JSON.stringify([libelle, type, consigne ?? null, obligatoire, unite ?? null, min ?? null, max ?? null, cible ?? null]);

/** The operations in order; with those of `before`, what has changed since. */
export function Operations({ operations, before }: { operations: Operation[]; before?: Operation[] | undefined }) {
  const { t } = useTranslation('gammes');
  const { t: word } = useTranslation('valeurs');
  const bounds = useBounds();
  const known = new Map(before?.map((operation) => [operation.libelle, content(operation)]));
  const gone = before?.filter(({ libelle }) => !operations.some((operation) => operation.libelle === libelle)) ?? [];
  return (
    <>
      <Stack component="ol" gap="sm" m={0} ps="lg">
        {operations.map((operation) => (
          <li key={operation.id}>
            <Group gap="xs">
              <Text dir="auto">{operation.libelle}</Text>
              <Word color="gray">{word(`type_operation.${operation.type}`)}</Word>
              {operation.obligatoire && <Word color="blue">{t('obligatoire')}</Word>}
              {before && !known.has(operation.libelle) && <Word color="teal">{t('ajoutee')}</Word>}
              {before && known.has(operation.libelle) && known.get(operation.libelle) !== content(operation) && <Word color="orange">{t('changee')}</Word>}
            </Group>
            {(operation.consigne || bounds(operation)) && <Text size="sm" c="dimmed">{[bounds(operation), operation.consigne].filter(Boolean).join(' — ')}</Text>}
          </li>
        ))}
      </Stack>
      {gone.length > 0 && <Text size="sm">{t('retirees', { liste: gone.map(({ libelle }) => libelle).join(', ') })}</Text>}
    </>
  );
}

/** What a measure may be, in words. */
function useBounds() {
  const { t } = useTranslation('gammes');
  return ({ min, max, unite, type }: Operation) => {
    if (type !== 'mesure') return null;
    const of = (value: number) => number(value);
    if (min != null && max != null) return t('tolerance', { min: of(min), max: of(max), unite: unite ?? '' });
    if (min != null) return t('au_moins', { min: of(min), unite: unite ?? '' });
    if (max != null) return t('au_plus', { max: of(max), unite: unite ?? '' });
    return unite ?? null;
  };
}
