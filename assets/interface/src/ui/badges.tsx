//! Words of the trade with their colours. Colour never says what the word does not.

import { Badge, type BadgeProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';

type Intervention = Schemas['Intervention'];

const STATUTS: Record<Intervention['statut'], string> = {
  planifie: 'blue', en_cours: 'teal', attente_pieces: 'yellow', termine: 'gray', annule: 'gray',
};
const PRIORITES: Record<Intervention['priorite'], string> = { basse: 'gray', normale: 'blue', haute: 'orange', urgente: 'red' };
const STATUTS_EQUIPEMENT: Record<Schemas['Equipement']['statut'], string> = {
  operationnel: 'teal', maintenance: 'yellow', panne: 'red', retire: 'gray',
};

/** A word on a ground of its colour, readable in light and dark. */
export function Word({ color, children, ...props }: BadgeProps & { children: string }) {
  // Darker than the library's own, which falls short of 4.5:1 on yellow, orange and teal.
  const text = `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9), black 45%), var(--mantine-color-${color}-1))`;
  return <Badge variant="light" radius="sm" tt="none" color={color} styles={{ label: { color: text } }} {...props}>{children}</Badge>;
}

export function Statut({ value, ...props }: { value: Intervention['statut'] } & BadgeProps) {
  const { t } = useTranslation('valeurs');
  return <Word color={STATUTS[value]} {...props}>{t(`statut.${value}`)}</Word>;
}

export function Priorite({ value, ...props }: { value: Intervention['priorite'] } & BadgeProps) {
  const { t } = useTranslation('valeurs');
  return <Word color={PRIORITES[value]} {...props}>{t(`priorite.${value}`)}</Word>;
}

export function StatutEquipement({ value, ...props }: { value: Schemas['Equipement']['statut'] } & BadgeProps) {
  const { t } = useTranslation('valeurs');
  return <Word color={STATUTS_EQUIPEMENT[value]} {...props}>{t(`statut_equipement.${value}`)}</Word>;
}

/** Past its limit. */
export function EnRetard() {
  const { t } = useTranslation();
  return <Word color="red">{t('en_retard')}</Word>;
}
