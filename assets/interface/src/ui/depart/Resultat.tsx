//! Where went what was somebody's who left.

import { Button, Group, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Word } from '@/ui/badges';
import { Instant } from '@/ui/format';

const COLOURS: Record<Schemas['Destin'], string> = { remis: 'teal', en_partie: 'yellow', vivier: 'orange', garde: 'orange', arrete: 'gray' };

export function Resultat({ remise, done }: { remise: Schemas['Remise']; done: () => void }) {
  const { t } = useTranslation('depart');
  const { t: common } = useTranslation();
  const lost = remise.lignes.filter(({ destin }) => ['en_partie', 'vivier', 'garde'].includes(destin)).length;
  return (
    <Stack>
      <Text role="status">
        {t(remise.compte_ferme ? 'fait_compte' : 'fait_fiche', { nom: remise.nom })}
        {lost > 0 && ` ${t('a_confier', { count: lost })}`}
      </Text>
      <List listStyleType="none" spacing="sm">
        {remise.lignes.map((line) => (
          <List.Item key={`${line.type} ${line.id}`}>
            <Group gap="xs" wrap="wrap">
              <Word color={COLOURS[line.destin]}>{t(`destins.${line.destin}`, { nom: remise.remis_a_nom ?? '' })}</Word>
              <Text size="sm" fw={600} dir="auto">{line.type === 'lien_calendrier' ? t('lien') : line.nom}</Text>
              {line.detail && <Text size="sm" dir="auto">{line.detail}</Text>}
            </Group>
            {line.motif && !line.creneaux?.length && <Text size="sm" c="dimmed">{line.motif}</Text>}
            {line.creneaux?.filter(({ remis }) => !remis).map((slot) => (
              <Text key={slot.debut} size="sm" c="dimmed"><Instant value={slot.debut} /> {slot.motif ?? t('libere')}</Text>
            ))}
          </List.Item>
        ))}
      </List>
      <Group justify="end"><Button data-autofocus onClick={done}>{common('fermer')}</Button></Group>
    </Stack>
  );
}
