import { Anchor, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconClock, IconCloudUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Row, isStuck } from './row';

const LOOK = {
  en_attente: { icon: IconClock, color: 'dimmed' },
  envoi: { icon: IconCloudUpload, color: 'dimmed' },
  envoye: { icon: IconCircleCheck, color: 'light-dark(var(--mantine-color-teal-9), var(--mantine-color-teal-3))' },
  conflit: { icon: IconAlertTriangle, color: 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))' },
  refuse: { icon: IconAlertTriangle, color: 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))' },
} as const;

/** How far a change of one's own is: waiting, on its way, sent, or in need of a decision, where it then leads. */
export function Mark({ row }: { row: Row }) {
  const { t } = useTranslation();
  const { icon: Icon, color } = LOOK[row.state];
  const mark = (
    <Text span size="sm" c={color} style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
      <Icon size={16} aria-hidden />
      {t(`hors_ligne.etat.${row.state}`)}
    </Text>
  );
  if (!isStuck(row)) return mark;
  return <Anchor component={Link} href={`/envois#${row.id}`} style={{ display: 'inline-flex', alignItems: 'center', minHeight: 44 }}>{mark}</Anchor>;
}
